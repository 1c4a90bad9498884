// SPDX-License-Identifier: Apache-2.0
// Mantine's looks on the router's links: real anchors, so they open in a new tab and are told as links.
import { Anchor, Button, type AnchorProps, type ButtonProps, NavLink, type NavLinkProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

type Native<P> = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof P> & { readonly ref?: Ref<HTMLAnchorElement> };

export const TextLink = createLink((props: AnchorProps & Native<AnchorProps>) => <Anchor size="sm" {...props} />);
export const ButtonLink = createLink((props: ButtonProps & Native<ButtonProps>) => <Button component="a" {...props} />);
export const MenuLink = createLink((props: NavLinkProps & Native<NavLinkProps>) => (
  <NavLink component="a" {...props} />
));
