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

import gzip
import io
import random
import tarfile

from glance_artifacts.builtin import helm_charts
from glance_artifacts import exceptions
from glance_artifacts import testing
from glance_artifacts import types

CHART = b"""apiVersion: v2
name: nginx
version: 1.2.0
appVersion: 1.10
keywords: [web, proxy]
maintainers: [{name: A}]
"""
SIGNED = b"""-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA512

name: nginx
...
files:
  nginx-1.2.0.tgz: sha256:d31d2f08b885ec696c37c7f7ef106709aaf5e8575b6d3dc5d52
-----BEGIN PGP SIGNATURE-----

wsBcBAEBCgAQBQJdy0ReCRCEO7+YH8GHYgAAfhUIADx3pHHLLINv0MFkiEYpX
=eoBP
-----END PGP SIGNATURE-----
"""


def chart(text=CHART, **files):
    return testing.make_tar({
        'nginx/Chart.yaml': text, 'nginx/values.yaml': b'a: 1',
        'nginx/charts/dep/Chart.yaml': b'name: dep', **files})


def with_line(line):
    """A chart with one line of Chart.yaml replaced."""
    key = line.partition(b':')[0] + b':'
    lines = [line if one.startswith(key) else one
             for one in CHART.splitlines()]
    return chart(b'\n'.join(lines))


def with_entry(**attributes):
    """A chart with another entry, of whatever kind."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode='w:gz') as archive:
        info = tarfile.TarInfo('nginx/Chart.yaml')
        info.size = len(CHART)
        archive.addfile(info, io.BytesIO(CHART))
        info = tarfile.TarInfo('nginx/other')
        for name, value in attributes.items():
            setattr(info, name, value)
        archive.addfile(info)
    return made.getvalue()


def bomb():
    """Much more than an archive of its size should hold."""
    return chart(zeros=bytes(1)) + gzip.compress(bytes(50 * types.MiB))


class TestHelmChart(testing.TypeConformance):
    type_class = helm_charts.HelmChart
    create = {'name': 'nginx', 'version': '1.2'}
    samples = {'chart': chart(), 'provenance': SIGNED}
    rejected = [
        ('chart', b'no archive at all'),
        ('chart', b''),
        ('chart', chart()[:-20]),
        ('chart', gzip.decompress(chart())),
        ('chart', testing.make_zip({'nginx/Chart.yaml': CHART})),
        ('chart', testing.make_tar({'Chart.yaml': CHART})),
        ('chart', testing.make_tar({'nginx/a/Chart.yaml': CHART})),
        ('chart', chart(**{'other/Chart.yaml': CHART})),
        ('chart', chart(**{'other/values.yaml': b''})),
        ('chart', chart(**{'nginx/../../etc/cron.d/x': b''})),
        ('chart', chart(**{'/etc/cron.d/x': b''})),
        ('chart', with_entry(type=tarfile.SYMTYPE, linkname='/etc/passwd')),
        ('chart', with_entry(type=tarfile.CHRTYPE)),
        ('chart', with_entry(name='nginx/Chart.yaml')),
        ('chart', bomb),
        ('chart', chart(b'a: &a [x, x]\n' + b'\n'.join(
            b'%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]'
            % ((98 + n,) * 2 + (97 + n,) * 8) for n in range(20)))),
        ('chart', chart(b'[' * 10000)),
        ('chart', chart(b'name: !!python/object/apply:os.system [id]')),
        ('chart', chart(b'- no\n- mapping\n')),
        ('chart', chart(b'\xff\xfe')),
        ('chart', chart(b'#' + random.Random(0).randbytes(600_000).hex()
                        .encode())),
        ('chart', with_line(b'apiVersion: v3')),
        ('chart', with_line(b'name: apache')),
        ('chart', with_line(b'name: [nginx]')),
        ('chart', with_line(b'version: 1.2.1')),
        ('chart', with_line(b'version: one')),
        ('chart', with_line(b'version:')),
        ('chart', with_line(b'appVersion: "%s"' % (b'1' * 256))),
        ('chart', with_line(b'appVersion: "\\0"')),
        ('chart', with_line(b'appVersion: {a: b}')),
        ('chart', with_line(b'keywords: web')),
        ('chart', with_line(b'keywords: [web, [proxy]]')),
        ('chart', with_line(b'keywords: [%s]' % (b'a,' * 256))),
        ('provenance', b'-----BEGIN PGP MESSAGE-----'),
        ('provenance', SIGNED[:-30]),
        ('provenance', b''),
        ('provenance', b'x' + SIGNED),
        ('provenance', SIGNED * 2),
        ('provenance', SIGNED.replace(b'\n\n', b'\n', 1)),
    ]

    def test_declares(self):
        fields = helm_charts.HelmChart.fields
        self.assertEqual(
            ['app_version', 'keywords', 'chart', 'provenance', 'chart_name',
             'chart_version'], list(fields))
        for name in ('app_version', 'keywords'):
            self.assertTrue(fields[name].computed)
            self.assertTrue(fields[name].filterable)
        self.assertTrue(fields['chart'].required)
        self.assertEqual(100 * types.MiB, fields['chart'].max_size)
        self.assertEqual(types.MiB, fields['provenance'].max_size)

    def _put(self, data, **body):
        artifact = self.draft({**self.create, **body})
        artifact.put('chart', data)
        return artifact.values

    def test_computes(self):
        values = self._put(chart())
        self.assertEqual('1.10', values['app_version'])
        self.assertEqual(['web', 'proxy'], values['keywords'])

    def test_the_least_that_a_chart_says(self):
        values = self._put(chart(b'{apiVersion: v1, name: nginx,'
                                 b' version: "1.2.0"}'))
        self.assertIsNone(values['app_version'])
        self.assertEqual([], values['keywords'])

    def test_another_upload_replaces_what_is_computed(self):
        artifact = self.draft()
        artifact.put('chart', chart())
        artifact.put('chart', with_line(b'appVersion: ~'))
        self.assertIsNone(artifact.values['app_version'])

    def test_versions_with_a_v(self):
        self._put(with_line(b'version: v1.2.0'))
        self._put(with_line(b'version: v1.3.0-rc.1+b'),
                  version='1.3-rc.1+b')

    def test_a_refusal_names_both(self):
        with self.assertRaises(exceptions.RejectedByType) as caught:
            self._put(chart(), name='apache')
        self.assertIn('apache', caught.exception.detail)
        self.assertIn('nginx', caught.exception.detail)

    def test_a_draft_cannot_be_renamed_away_from_its_chart(self):
        artifact = self.complete()
        for change in ({'name': 'apache'}, {'version': '3'}):
            self.assertRaises(exceptions.RejectedByType, artifact.patch,
                              change)
        artifact.patch({'description': 'Web server.', 'version': '1.2.0'})
        artifact.activate()

    def test_windows_line_ends(self):
        self._put(chart(CHART.replace(b'\n', b'\r\n')))
        self.draft().put('provenance', SIGNED.replace(b'\n', b'\r\n'))
