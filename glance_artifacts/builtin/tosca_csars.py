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

"""TOSCA packages: CSAR files (TOSCA Simple Profile in YAML 1.3, section 6;
ETSI GS NFV-SOL 004 for packages of network functions)."""

from __future__ import annotations

import re
from typing import Any

from glance_artifacts.builtin import texts
from glance_artifacts.builtin import yaml_text
from glance_artifacts import types

META = 'TOSCA-Metadata/TOSCA.meta'
PATH_LENGTH = 512
_ROOT_YAML = re.compile(r'[^/]+\.ya?ml')
_ROOT_MANIFEST = re.compile(r'[^/]+\.mf')
#: of the metadata in a manifest: of a network function, a physical one, a
#: network service (SOL 004, section 4.3.2)
_FACT = re.compile('(vnf|vnfd|vnfm|pnfd|ns|compatible)_[a-z_]{1,60}')
_VERSION = re.compile('[0-9]{1,4}([.][0-9]{1,4}){0,2}')


class TOSCAPackage(types.ArtifactType):
    """A TOSCA package (CSAR), such as that of a network function."""

    type_name = 'tosca_csars'

    entry_definitions = types.String(
        'The file in the package that holds the entry definitions.',
        computed=True, filterable=True, max_length=PATH_LENGTH)
    csar_version = types.String('Version of the package format.',
                                computed=True, filterable=True)
    created_by = types.String('Who made the package.', computed=True,
                              filterable=True)
    manifest = types.Dict('What the manifest says of the product.',
                          of=types.String(), max_items=32, computed=True,
                          filterable=True)
    package = types.Blob('The package as a .csar (zip) archive.',
                         required=True, max_size=100 * types.GiB)

    def inspect(self, blob: Any) -> dict[str, Any]:
        with blob.open() as file, types.Archive.open(
                file, max_size=types.TiB) as archive:
            if archive.format != 'zip':
                raise types.Rejected('A package must be a zip archive, not '
                                     '%s.' % archive.format)
            return _described(archive)


def _described(archive: types.Archive) -> dict[str, Any]:
    names = archive.names()
    if META in names:
        meta = _lines(archive.read(META, 64 * types.KiB), META)
        entry = _inside(names, meta, 'Entry-Definitions')
        csar_version = meta.get('CSAR-Version', '')
        if not _VERSION.fullmatch(csar_version):
            raise types.Rejected('%s must give the CSAR-Version.' % META)
        definitions = _definitions(archive, entry)
    else:
        meta, csar_version = {}, None
        entry = _only(names, _ROOT_YAML)
        definitions = _definitions(archive, entry)
    return {'entry_definitions': texts.short(entry, 'Entry-Definitions',
                                             PATH_LENGTH),
            'csar_version': csar_version,
            'created_by': _author(meta, definitions),
            'manifest': _manifest(archive, meta)}


def _lines(data: bytes, what: str) -> dict[str, str]:
    """The first block of ``name: value`` lines, up to an empty line."""
    found: dict[str, str] = {}
    for line in texts.decode(data, what).strip().splitlines():
        if not line.strip():
            break
        name, colon, value = line.partition(':')
        if not colon:
            raise types.Rejected('%s must consist of "name: value" lines.'
                                 % what)
        found.setdefault(name.strip(), value.strip())
    return found


def _inside(names: list[str], meta: dict[str, str], key: str) -> str:
    """The file that a line of TOSCA.meta names."""
    if key not in meta:
        raise types.Rejected('%s must give the %s.' % (META, key))
    if meta[key] not in names:
        raise types.Rejected('The package does not hold the %s, %.100r.'
                             % (key, meta[key]))
    return meta[key]


def _only(names: list[str], form: re.Pattern[str]) -> str:
    found = [name for name in names if form.fullmatch(name)]
    if len(found) != 1:
        raise types.Rejected(
            'A package must hold %s, or else exactly one .yaml or .yml file '
            'outside of directories.' % META)
    return found[0]


def _definitions(archive: types.Archive, entry: str) -> dict[str, Any]:
    definitions = yaml_text.mapping(archive.read(entry, 2 * types.MiB),
                                    'The file %.100r' % entry)
    if not isinstance(definitions.get('tosca_definitions_version'), str):
        raise types.Rejected('The file %.100r must give the '
                             'tosca_definitions_version.' % entry)
    return definitions


def _author(meta: dict[str, str], definitions: dict[str, Any]) -> str | None:
    metadata = definitions.get('metadata')
    author = meta.get('Created-By')
    if author is None and isinstance(metadata, dict):
        author = metadata.get('template_author')
    return None if author is None else texts.short(author, 'The author')


def _manifest(archive: types.Archive, meta: dict[str, str]) -> dict[str, str]:
    """The product's facts in the manifest, if the package has one."""
    names = archive.names()
    for key in ('ETSI-Entry-Manifest', 'Entry-Manifest'):
        if key in meta:
            name = _inside(names, meta, key)
            break
    else:
        found = [name for name in names if _ROOT_MANIFEST.fullmatch(name)]
        if len(found) != 1:
            return {}
        name = found[0]
    text = texts.decode(archive.read(name, 4 * types.MiB), 'The manifest')
    return _facts(text)


def _facts(text: str) -> dict[str, str]:
    """The lines after ``metadata:``, up to the first that is none of them."""
    facts: dict[str, str] = {}
    head, *lines = text.lstrip().splitlines() or ['']
    if head.strip() != 'metadata:':
        raise types.Rejected('The manifest must begin with "metadata:".')
    for line in lines:
        name, _, value = (part.strip() for part in line.partition(':'))
        if not _FACT.fullmatch(name):
            break
        facts[name] = texts.short(value, 'The manifest\'s %s' % name)
    if len(facts) > 32:
        raise types.Rejected('The manifest gives too many facts.')
    return facts
