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

from glance_artifacts.builtin import tosca_csars
from glance_artifacts import testing

META = b"""TOSCA-Meta-File-Version: 1.0
CSAR-Version: 1.1
Created-By: ACME: networks
Entry-Definitions: Definitions/vnfd.yaml
ETSI-Entry-Manifest: vnf.mf

Name: Definitions/vnfd.yaml
Content-Type: text/yaml
"""
DEFINITIONS = b"""tosca_definitions_version: tosca_simple_yaml_1_2
metadata:
  template_name: vnf
  template_author: A. Author
  template_version: "1.0"
"""
MANIFEST = b"""metadata:
  vnf_product_name: Router
  vnf_provider_id: ACME
  vnf_package_version: 1.0
  vnf_release_date_time: 2026-01-02T03:04:05Z

Source: Definitions/vnfd.yaml
Algorithm: SHA-256
Hash: 09e5a788acb180162c51679ae4c998039fa6644505db2415e35107d1ee213943
"""
FILES = {'TOSCA-Metadata/TOSCA.meta': META,
         'Definitions/vnfd.yaml': DEFINITIONS, 'vnf.mf': MANIFEST,
         'Files/image.qcow2': bytes(1000)}


def package(meta=META, definitions=DEFINITIONS, manifest=MANIFEST):
    return testing.make_zip({
        **FILES, 'TOSCA-Metadata/TOSCA.meta': meta,
        'Definitions/vnfd.yaml': definitions, 'vnf.mf': manifest})


class TestTOSCAPackage(testing.TypeConformance):
    type_class = tosca_csars.TOSCAPackage
    create = {'name': 'router', 'version': '1'}
    samples = {'package': package()}
    rejected = [('package', data) for data in (
        b'', b'PK\x05\x06', b'PK\x03\x04' + bytes(100),
        package()[:-30],
        testing.make_tar(FILES),
        testing.make_zip({'readme.txt': b''}),
        testing.make_zip({}),
        testing.make_zip({'a.yaml': DEFINITIONS, 'b.yaml': DEFINITIONS}),
        testing.make_zip({'a/b.yaml': DEFINITIONS}),
        testing.make_zip({'a.yaml': b'no: definitions'}),
        testing.make_zip({**FILES, '../../x': b''}),
        testing.make_zip({**FILES, 'C:x': b''}),
        testing.make_zip({**FILES, 'a\\b': b''}),
        testing.make_zip({**FILES, './vnf.mf': b''}),
        package(meta=META.replace(b'CSAR-Version: 1.1', b'')),
        package(meta=META.replace(b'1.1', b'one')),
        package(meta=META.replace(b'Entry-D', b'D')),
        package(meta=META.replace(b'Entry-Definitions: D',
                                  b'Entry-Definitions: ../D')),
        package(meta=META.replace(b': vnf.mf', b': other.mf')),
        package(meta=b'no lines'),
        package(meta=b'\xff'),
        package(meta=META.replace(b'ACME', b'A' * 300)),
        package(definitions=b'- list'),
        package(definitions=b'tosca_definitions_version: [1]'),
        package(definitions=b'{' * 100),
        package(manifest=b'\xff\xff'),
        package(manifest=b'something else'),
        package(manifest=b'metadata:\nvnf_product_name: ' + b'a' * 256),
        package(manifest=b'metadata:\n' + b''.join(
            b'vnf_%s%s: x\n' % (bytes([97 + one]), bytes([97 + other]))
            for one in range(6) for other in range(6))),
    )]

    def _put(self, data):
        artifact = self.draft()
        artifact.put('package', data)
        return artifact.values

    def test_computes(self):
        values = self._put(package())
        self.assertEqual('Definitions/vnfd.yaml',
                         values['entry_definitions'])
        self.assertEqual('1.1', values['csar_version'])
        self.assertEqual('ACME: networks', values['created_by'])
        self.assertEqual(
            {'vnf_product_name': 'Router', 'vnf_provider_id': 'ACME',
             'vnf_package_version': '1.0',
             'vnf_release_date_time': '2026-01-02T03:04:05Z'},
            values['manifest'])

    def test_without_metadata_directory(self):
        values = self._put(testing.make_zip({
            'vnfd.yaml': DEFINITIONS, 'vnfd.mf': MANIFEST, 'x/y.yaml': b''}))
        self.assertEqual('vnfd.yaml', values['entry_definitions'])
        self.assertIsNone(values['csar_version'])
        self.assertEqual('A. Author', values['created_by'])
        self.assertEqual('Router', values['manifest']['vnf_product_name'])

    def test_the_least_of_a_package(self):
        values = self._put(testing.make_zip({
            'a.yml': b'tosca_definitions_version: tosca_2_0'}))
        self.assertIsNone(values['created_by'])
        self.assertEqual({}, values['manifest'])

    def test_windows_line_ends(self):
        self._put(package(META.replace(b'\n', b'\r\n'),
                          DEFINITIONS.replace(b'\n', b'\r\n'),
                          MANIFEST.replace(b'\n', b'\r\n')))
