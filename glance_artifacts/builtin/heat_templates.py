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

"""Heat templates (HOT, the Heat Orchestration Template specification)."""

from __future__ import annotations

import re
from typing import Any

from glance_artifacts.builtin import texts
from glance_artifacts.builtin import yaml_text
from glance_artifacts import types

#: Versions that have a name, too; every version is the date of its making.
RELEASES = ('newton', 'ocata', 'pike', 'queens', 'rocky', 'wallaby')
_DATE = re.compile('20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])')
_SECTIONS = ('parameters', 'resources', 'outputs', 'conditions')
MOST_PARAMETERS = 1000


class HeatTemplate(types.ArtifactType):
    """A Heat template and the files that it uses."""

    type_name = 'heat_templates'

    template_version = types.String(
        'Version of the template language (heat_template_version).',
        computed=True, filterable=True, sortable=True)
    template_description = types.Text('Description in the template.',
                                      computed=True)
    parameters = types.List('Names of the template\'s parameters.',
                            of=types.String(), computed=True,
                            filterable=True, max_items=MOST_PARAMETERS)
    template = types.Blob('The template.', required=True,
                          max_size=types.MiB)
    files = types.Folder(
        'Nested templates, environments and scripts, by the path that the '
        'template names them by.', max_items=500, max_size=types.MiB,
        max_total=50 * types.MiB)

    def inspect(self, blob: Any) -> dict[str, Any] | None:
        if blob.field == 'files':
            return None
        with blob.open() as file:
            template = yaml_text.mapping(file.read(), 'The template')
        for section in _SECTIONS:
            if not isinstance(template.get(section), dict | None):
                raise types.Rejected('%s in the template must be a mapping.'
                                     % section)
        return {
            'template_version': _version(template),
            'template_description': _description(template),
            'parameters': texts.shorts(list(template.get('parameters') or ()),
                                       'parameters', MOST_PARAMETERS)}


def _version(template: dict[str, Any]) -> str:
    version = template.get('heat_template_version')
    if not isinstance(version, str) or (version not in RELEASES
                                        and not _DATE.fullmatch(version)):
        raise types.Rejected(
            'heat_template_version in the template must be a date such as '
            '2021-04-16 or one of %s.' % ', '.join(RELEASES))
    return version


def _description(template: dict[str, Any]) -> str | None:
    description = template.get('description')
    if description is None:
        return None
    if not isinstance(description, str) or len(description) > 65536:
        raise types.Rejected('description in the template must be text of '
                             'at most 65536 characters.')
    # Prose has line breaks; what no Text can hold is left out.
    return description.encode('utf-8', 'ignore').decode().replace('\0', '')
