// SPDX-License-Identifier: Apache-2.0
// What is wrong with a text that is no YAML, in our words: the library's are about its grammar, for who wrote one. Pure.
import type { YAMLError } from 'yaml';

const WORDS: Readonly<Record<YAMLError['code'], string>> = {
  ALIAS_PROPS: 'A name for what comes from elsewhere (*name) can have nothing beside it.',
  BAD_ALIAS: 'After * or & a name must stand.',
  BAD_DIRECTIVE: 'A line that begins with % means something else to YAML. Put the text in quotes.',
  BAD_DQ_ESCAPE: 'In double quotes \\ begins a character that is written in code, and this is none. Use single quotes.',
  BAD_INDENT: 'This line is not indented as those that it belongs to, or a bracket or brace before it is not closed.',
  BAD_PROP_ORDER: 'What begins with & or ! stands before the value.',
  BAD_SCALAR_START: 'A text cannot begin with this character. Put it in quotes.',
  BLOCK_AS_IMPLICIT_KEY:
    'Two fields stand in one line. Give each a line of its own, or put the text with ": " in quotes.',
  BLOCK_IN_FLOW: 'Within [ ] and { } lists and fields are written with commas, not by indentation.',
  DUPLICATE_KEY: 'This field stands here for the second time.',
  IMPOSSIBLE: 'This cannot be read.',
  KEY_OVER_1024_CHARS: 'The name of this field is too long.',
  MISSING_CHAR: 'Something is missing here or before: a quote, a bracket, a brace, a comma or a colon.',
  MULTILINE_IMPLICIT_KEY: 'The name of a field must stand in one line, with a colon behind it.',
  MULTIPLE_ANCHORS: 'One value has two names (&).',
  MULTIPLE_DOCS: 'A second document begins here (---). A policy is one.',
  MULTIPLE_TAGS: 'One value has two types (!).',
  NON_STRING_KEY: 'The name of a field must be text.',
  RESOURCE_EXHAUSTION: 'This is nested too deeply.',
  TAB_AS_INDENT: 'This line is indented by a tab. YAML wants spaces.',
  TAG_RESOLVE_FAILED: 'This value is not of the type that stands before it (!).',
  UNEXPECTED_TOKEN: 'This does not belong here. Look at brackets, quotes and indentation before it.',
  BAD_COLLECTION_TYPE: 'This value is not of the type that stands before it (!).',
};

export function yamlWords({ code }: Pick<YAMLError, 'code'>): string {
  return WORDS[code];
}
