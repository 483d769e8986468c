# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""Reads YAML that strangers made: plain data, bounded, every scalar a text.

Built from the parser's events, so that no tag makes an object, no depth
recurses and no alias is expanded: what a document *would* expand to is
counted and refused beyond a limit ("billion laughs"). Scalars stay as they
are written, for 1.10 is a version and not 1.1; null alone is None.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import yaml

from glance_artifacts.builtin import texts
from glance_artifacts import types

#: The one that libyaml drives is some ten times as fast.
LOADER = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)
MOST_DEPTH = 64
#: scalars, lists and mappings, those behind aliases each time
MOST_NODES = 200_000
_NULLS = ('', '~', 'null', 'Null', 'NULL')
_TAGS = frozenset(
    ['!', *('tag:yaml.org,2002:' + name for name in (
        'bool', 'float', 'int', 'map', 'null', 'seq', 'str', 'timestamp'))])


def mapping(data: bytes, what: str) -> dict[str, Any]:
    """A document whose top level is a mapping.

    :param what: how a refusal names the document
    :raises Rejected: if it is not one document of this form, within limits
    """
    builder = _Builder(what)
    try:
        for event in yaml.parse(texts.decode(data, what), Loader=LOADER):
            builder.feed(event)
    except yaml.YAMLError as error:
        raise types.Rejected('%s is not valid YAML%s.' % (
            what, _place(error))) from error
    if not isinstance(builder.root, dict):
        raise types.Rejected('%s must be a mapping at its top level.' % what)
    return builder.root


@dataclasses.dataclass
class _Open:
    """A list or mapping that has not ended yet."""

    value: Any
    anchor: str | None
    nodes: int = 1
    key: str | None = None


class _Builder:

    def __init__(self, what: str) -> None:
        self.root: Any = None
        self._what = what
        self._documents = 0
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int]] = {}

    def feed(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise self._refuse('must be a single document')
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise self._refuse('has an alias of nothing or of itself')
            self._add(*self._anchors[event.anchor])
        elif isinstance(event, yaml.ScalarEvent):
            self._check_tag(event.tag)
            null = event.implicit[0] and event.value in _NULLS
            self._keep(event.anchor, None if null else event.value, 1)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._check_tag(event.tag)
            self._begin(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            ended = self._open.pop()
            self._keep(ended.anchor, ended.value, ended.nodes)

    def _begin(self, event: yaml.CollectionStartEvent) -> None:
        if len(self._open) == MOST_DEPTH:
            raise self._refuse('is nested more than %d deep' % MOST_DEPTH)
        value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._open.append(_Open(value, event.anchor))

    def _keep(self, anchor: str | None, value: Any, nodes: int) -> None:
        if anchor is not None:
            self._anchors[anchor] = value, nodes
        self._add(value, nodes)

    def _add(self, value: Any, nodes: int) -> None:
        if not self._open:
            self.root = value
            return
        parent = self._open[-1]
        parent.nodes += nodes
        if parent.nodes > MOST_NODES:
            raise self._refuse('has more than %d values, aliases expanded'
                               % MOST_NODES)
        if isinstance(parent.value, list):
            parent.value.append(value)
        elif parent.key is None:
            parent.key = self._new_key(parent.value, value)
        else:
            parent.value[parent.key] = value
            parent.key = None

    def _new_key(self, parent: dict[str, Any], key: Any) -> str:
        if not isinstance(key, str):
            raise self._refuse('has a key that is no text')
        if key in parent:
            raise self._refuse('has the key %.100r twice' % key)
        return key

    def _check_tag(self, tag: str | None) -> None:
        if tag is not None and tag not in _TAGS:
            raise self._refuse('has the tag %.100r, which is not allowed'
                               % tag)

    def _refuse(self, problem: str) -> types.Rejected:
        return types.Rejected('%s %s.' % (self._what, problem))


def _place(error: yaml.YAMLError) -> str:
    mark = getattr(error, 'problem_mark', None)
    return '' if mark is None else ': %s, in line %d' % (
        getattr(error, 'problem', None), mark.line + 1)
