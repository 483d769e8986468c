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

import contextlib
import io
import json
import pickle
import struct

from glance_artifacts.builtin import ml_models
from glance_artifacts import exceptions
from glance_artifacts import testing
from glance_artifacts import types
from glance_artifacts.types import blob_view


class Evil:
    """What runs code as soon as it is loaded."""

    def __reduce__(self):
        return print, ('loaded',)


def safetensors(header=None, data=bytes(12)):
    if header is None:
        header = {'__metadata__': {'format': 'pt'},
                  'a': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 8]},
                  'b': {'dtype': 'F16', 'shape': [2],
                        'data_offsets': [8, 12]}}
    if not isinstance(header, bytes):
        header = json.dumps(header).encode()
    return struct.pack('<Q', len(header)) + header + data


def offsets(*pairs):
    return safetensors({str(number): {'data_offsets': pair}
                        for number, pair in enumerate(pairs)})


def gguf(version=3, order='<'):
    return b'GGUF' + struct.pack(order + 'IQQ', version, 1, 2) + bytes(100)


def onnx(graph=b'graph'):
    return (b'\x08\x08\x12\x07pytorch\x1a\x032.0'
            + b'\x3a' + bytes([len(graph)]) + graph
            + b'\x42\x04\x0a\x00\x10\x11')


def torch_zip(name='model/data.pkl'):
    return testing.make_zip({name: pickle.dumps(Evil()), 'model/0': b'1'})


def numpy(kind):
    return b'\x93NUMPY\x01\x00v\x00{\'descr\': \'%s\'}' % kind


class TestMLModel(testing.TypeConformance):
    type_class = ml_models.MLModel
    create = {'name': 'model', 'framework': 'pytorch', 'licence': 'MIT',
              'metrics': {'f1': 0.5}, 'base': 'https://example.com/base'}
    samples = {'files/model.safetensors': safetensors(),
               'files/config.json': b'{"a": 1}', 'files/q4/m.gguf': gguf(),
               'files/m.onnx': onnx(), 'files/README.md': b'# Model',
               'files/empty': b''}
    rejected = [
        *((name, pickle.dumps(Evil(), protocol))
          for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
          for name in ('files/pytorch_model.bin', 'files/config.json',
                       'files/weights', 'files/m.safetensors')),
        *(('files/' + name, b'whatever') for name in (
            'a.pkl', 'a.pt', 'a.pth', 'a.ckpt', 'a.joblib', 'A.PKL',
            'a.pkl.gz', 'b/a.pickle', 'a.dill')),
        ('files/pytorch_model.bin', torch_zip()),
        ('files/model.zip', torch_zip('data.pkl')),
        ('files/model.safetensors', torch_zip()),
        ('files/a.npy', numpy(b'|O')),
        ('files/a.zip', torch_zip()[:-10]),
        ('files/a.zip', testing.make_zip({'../a': b''})),
        ('files/a.safetensors', b''),
        ('files/a.safetensors', b'1234567'),
        ('files/a.safetensors', b'no safetensors, of course'),
        ('files/a.safetensors', gguf()),
        ('files/a.safetensors', safetensors()[:-1]),
        ('files/a.safetensors', safetensors() + b'1'),
        ('files/a.safetensors', safetensors(b'{"a": ')),
        ('files/a.safetensors', safetensors(b'[' * 100_000)),
        ('files/a.safetensors', safetensors(b'[1]')),
        ('files/a.safetensors', safetensors({'a': 1})),
        ('files/a.safetensors', safetensors({'a': {'shape': []}})),
        ('files/a.safetensors', offsets([0, 8], [9, 12])),
        ('files/a.safetensors', offsets([0, 8], [7, 12])),
        ('files/a.safetensors', offsets([0, 16], [16, 12])),
        ('files/a.safetensors', offsets([0.0, 12.0])),
        ('files/a.safetensors', offsets(['0', '12'])),
        ('files/a.safetensors', offsets([0])),
        ('files/a.safetensors', struct.pack('<Q', 2 ** 63) + b'{'),
        ('files/a.safetensors', lambda: safetensors(
            b'{}'.ljust(8 * types.MiB + 1))),
        ('files/a.gguf', b'GGUF'),
        ('files/a.gguf', gguf(9)),
        ('files/a.gguf', b'GGML' + bytes(100)),
        ('files/a.gguf', gguf(0)),
        ('files/a.onnx', onnx()[:-1]),
        ('files/a.onnx', onnx()[:20]),
        ('files/a.onnx', b'\x08\x08'),
        ('files/a.onnx', b'\x08'),
        ('files/a.onnx', b'\x08' + b'\xff' * 20),
        ('files/a.onnx', b'{}'),
    ]

    def _put(self, data, key='weights'):
        artifact = self.draft()
        artifact.put('files/' + key, data)
        return artifact.values['weights_format']

    def test_formats_whatever_the_name(self):
        for expected, data in (('safetensors', safetensors()),
                               ('gguf', gguf()), ('gguf', gguf(2, '>')),
                               ('onnx', onnx())):
            self.assertEqual(expected, self._put(data))
            self.assertEqual(expected, self._put(data, 'a.' + expected))

    def test_pickles_hear_what_to_do(self):
        with self.assertRaises(exceptions.RejectedByType) as caught:
            self._put(pickle.dumps(Evil()))
        self.assertEqual('pickle refused: use safetensors',
                         caught.exception.detail)

    def test_other_files(self):
        for key, data in (
                ('config.json', b'{}'), ('labels.txt', b'cat\ndog\nbird\n'),
                ('N.txt', b'N. B.'), ('README', b'I am text.\n. c'),
                ('vocab.txt', b'(lp0\nhello'), ('PK.txt', b'PKWARE'),
                ('README', b'GGUF is a format of files.'),
                ('a.npy', numpy(b'<f4')), ('tokenizer.model', b'\x0a\x0e'),
                ('a.h5', b'\x89HDF'), ('saved_model.pb', b'\x08\x01\x12'),
                ('a.zip', testing.make_zip({'a': b''})), ('8', b'1234567{'),
                ('big', b'\xff' * 100_000), ('x', b'\0' * 100_000)):
            self.assertIsNone(self._put(data, key), key)

    def test_a_plain_file_does_not_unset_the_format(self):
        artifact = self.complete()
        artifact.put('files/notes.txt', b'Notes.')
        self.assertIsNotNone(artifact.values['weights_format'])

    def test_reads_little_of_a_large_file(self):
        reads = []

        def read_at(offset, length):
            reads.append(length)
            return data[offset:offset + length]

        data = safetensors({'a': {'data_offsets': [0, 50 * types.MiB]}},
                           bytes(50 * types.MiB))
        view = blob_view.BlobView('files', 'a', len(data), {}, read_at,
                                  types.MiB)
        self.assertEqual({'weights_format': 'safetensors'},
                         ml_models.MLModel().inspect(view))
        self.assertLess(sum(reads), 200 * types.KiB)

    def test_metrics_stay_mutable(self):
        artifact = self.active()
        artifact.patch({'metrics': {'f1': 1}})
        self.assertEqual({'f1': 1.0}, artifact.values['metrics'])

    def test_base(self):
        artifact = self.draft()
        artifact.patch({'base': '/artifacts/ml_models/' + '0' * 8
                        + '-0000-7000-8000-' + '0' * 12})
        with self.assertRaises(exceptions.InvalidValue):
            artifact.patch({'base': '/artifacts/images/' + '0' * 8
                            + '-0000-7000-8000-' + '0' * 12})

    def test_nothing_of_a_file_is_run(self):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            self.test_rejected()
        self.assertEqual('', out.getvalue())
