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

"""Helm charts (https://helm.sh/docs/topics/charts/)."""

from __future__ import annotations

import re
from typing import Any

from glance_artifacts.builtin import texts
from glance_artifacts.builtin import yaml_text
from glance_artifacts import exceptions
from glance_artifacts import types

_CHART = re.compile('[^/]+/Chart.yaml')
_MESSAGE = b'-----BEGIN PGP SIGNED MESSAGE-----'
_SIGNATURE = b'-----BEGIN PGP SIGNATURE-----'
_END = b'-----END PGP SIGNATURE-----'


class HelmChart(types.ArtifactType):
    """A Helm chart and its provenance file.

    Name and version of the artifact are those in the chart; a leading "v",
    which Helm allows, is no part of a version here.
    """

    type_name = 'helm_charts'

    app_version = types.String('Version of the application in the chart.',
                               computed=True, filterable=True)
    keywords = types.List('Keywords of the chart.', of=types.String(),
                          computed=True, filterable=True)
    chart = types.Blob('The chart as a .tgz archive.', required=True,
                       max_size=100 * types.MiB)
    provenance = types.Blob('The .prov file that signs the chart.',
                            max_size=types.MiB)
    chart_name = types.String('Name in the chart.', internal=True)
    chart_version = types.String('Version in the chart.', internal=True)

    def validate(self, artifact: dict[str, Any]) -> None:
        # A draft may be renamed after its chart was uploaded.
        chart = artifact['chart'] or {}
        if chart.get('status') == 'active' and artifact['chart_name']:
            _check_same('name', artifact['chart_name'], artifact['name'])
            _check_same('version', artifact['chart_version'],
                        artifact['version'])

    def inspect(self, blob: Any) -> dict[str, Any] | None:
        if blob.field == 'provenance':
            with blob.open() as file:
                _check_signed(file.read())
            return None
        chart = _chart(blob)
        _check_same('name', chart['name'], blob.artifact['name'])
        version = _version(chart['version'])
        _check_same('version', version, blob.artifact['version'])
        app_version = chart.get('appVersion')
        return {
            'app_version': app_version and texts.short(app_version,
                                                       'appVersion'),
            'keywords': texts.shorts(chart.get('keywords'), 'keywords'),
            'chart_name': chart['name'], 'chart_version': version}


def _chart(blob: Any) -> dict[str, Any]:
    """What Chart.yaml says."""
    with blob.open() as file, types.Archive.open(file) as archive:
        if archive.format != 'tar.gz':
            raise types.Rejected('A chart must be a .tgz archive, not %s.'
                                 % archive.format)
        found = [name for name in archive.names() if _CHART.fullmatch(name)]
        if len(found) != 1:
            raise types.Rejected('A chart must have one directory with a '
                                 'Chart.yaml in it.')
        directory = found[0].partition('/')[0] + '/'
        if not all(name.startswith(directory) for name in archive.names()):
            raise types.Rejected('A chart must have all its files in the '
                                 'directory %.100r.' % directory)
        chart = yaml_text.mapping(archive.read(found[0]), 'Chart.yaml')
    if chart.get('apiVersion') not in ('v1', 'v2'):
        raise types.Rejected('apiVersion in Chart.yaml must be v1 or v2.')
    for key in ('name', 'version'):
        texts.short(chart.get(key), '%s in Chart.yaml' % key)
    return chart


def _version(text: str) -> str:
    """A version as artifacts have it: complete, without a leading v."""
    try:
        return types.SemVer().coerce(text.removeprefix('v'), 'version')
    except exceptions.InvalidValue as error:
        raise types.Rejected('version in Chart.yaml must be a version as in '
                             'SemVer 2.') from error


def _check_same(key: str, inside: str, given: str) -> None:
    if inside != given:
        raise types.Rejected('The artifact has the %s %.100r, its chart '
                             '%.100r: they must be equal.'
                             % (key, given, inside))


def _check_signed(data: bytes) -> None:
    """Refuse what is no clear-signed text (RFC 9580, section 7).

    The form is checked, not the signature: whose keys count is for those to
    say who install the chart.
    """
    lines = [line.rstrip() for line in data.rstrip().splitlines()]
    if (len(lines) < 2 or lines[0] != _MESSAGE or lines[-1] != _END
            or lines.count(_SIGNATURE) != 1
            or b'' not in lines[:lines.index(_SIGNATURE)]):
        raise types.Rejected('The provenance file must be a clear-signed PGP '
                             'message.')
