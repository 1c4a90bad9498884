// SPDX-License-Identifier: Apache-2.0
// Explains what is wrong with a text that is not YAML. The library's messages speak of YAML's grammar; these speak to the person who wrote the file. Pure.
import type { YAMLError } from 'yaml';

const WORDS: Readonly<Record<YAMLError['code'], string>> = {
  ALIAS_PROPS: 'An alias (*name) cannot have properties.',
  BAD_ALIAS: 'After * or &, a name must follow.',
  BAD_DIRECTIVE: 'In YAML, a line that begins with % has a special meaning. Put the text in quotes.',
  BAD_DQ_ESCAPE: 'In double quotes, \\ begins an escape sequence, and this sequence is not valid. Use single quotes.',
  BAD_INDENT:
    'The indentation of this line differs from the lines that it belongs to, or a bracket or brace before it is not closed.',
  BAD_PROP_ORDER: 'Write an anchor (&) or a tag (!) before the value.',
  BAD_SCALAR_START: 'A text cannot begin with this character. Put the text in quotes.',
  BLOCK_AS_IMPLICIT_KEY:
    'Two fields are on one line. Put each field on its own line, or put a text that contains ": " in quotes.',
  BLOCK_IN_FLOW: 'Within [ ] and { }, separate list items and fields with commas, not with indentation.',
  DUPLICATE_KEY: 'This field appears twice.',
  IMPOSSIBLE: 'This cannot be read.',
  KEY_OVER_1024_CHARS: 'The name of this field is too long.',
  MISSING_CHAR: 'A quote, a bracket, a brace, a comma or a colon is missing here or before.',
  MULTILINE_IMPLICIT_KEY: 'Write the name of a field on one line, with a colon after it.',
  MULTIPLE_ANCHORS: 'One value has two anchors (&).',
  MULTIPLE_DOCS: 'A second document begins here (---). A policy is a single document.',
  MULTIPLE_TAGS: 'One value has two tags (!).',
  NON_STRING_KEY: 'The name of a field must be text.',
  RESOURCE_EXHAUSTION: 'This is nested too deeply.',
  TAB_AS_INDENT: 'This line is indented with a tab. Use spaces.',
  TAG_RESOLVE_FAILED: 'This value does not have the type of its tag (!).',
  UNEXPECTED_TOKEN: 'This was not expected here. Check the brackets, quotes and indentation before it.',
  BAD_COLLECTION_TYPE: 'This value does not have the type of its tag (!).',
};

export function yamlWords({ code }: Pick<YAMLError, 'code'>): string {
  return WORDS[code];
}
