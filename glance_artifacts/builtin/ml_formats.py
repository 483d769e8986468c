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

"""Recognises the files of models by their heads, whatever they are called.

* safetensors: https://huggingface.co/docs/safetensors
* GGUF: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
* ONNX: a ModelProto (onnx.proto) in the wire format of protocol buffers
* pickle: PEP 3154 and before; bare, or in the zip files of PyTorch
"""

from __future__ import annotations

import io
import json
import pickletools
import struct
from typing import Any
from typing import BinaryIO

from glance_artifacts import types

FORMATS = ('safetensors', 'gguf', 'onnx')
PICKLE = 'pickle'
#: what frameworks call files that hold pickles, alone or before a packing
_PICKLES = frozenset(('ckpt', 'dill', 'joblib', 'pickle', 'pkl', 'pt', 'pth'))
_HEAD = 64 * types.KiB
#: safetensors itself takes 100 MB; its parser wants less memory than ours
_HEADER = 8 * types.MiB
_GGUF_VERSIONS = (1, 2, 3)
#: fields of ModelProto, by number: of each the wire type
_MODEL = {1: 0, 2: 2, 3: 2, 4: 2, 5: 0, 6: 2, 7: 2, 8: 2, 14: 2, 20: 2,
          25: 2, 26: 2}
_GRAPH = 7
#: so many of them are convincing
_MOST_FIELDS = 256
#: of pickles, the operations that import something
_IMPORTS = frozenset(('GLOBAL', 'INST', 'STACK_GLOBAL'))


def sniff(file: BinaryIO, key: str, size: int) -> str | None:
    """The format of a file: one of FORMATS, PICKLE, or None for another.

    :param key: its path, whose ending has to agree with what it holds
    :param size: in bytes
    :raises Rejected: if it is damaged or not what its name says
    """
    head = file.read(_HEAD)
    name, _, suffix = key.rpartition('/')[2].lower().rpartition('.')
    if _is_pickle(file, head) or _PICKLES & {suffix, *name.split('.')[1:]}:
        return PICKLE
    kind = None
    if _is_gguf(head):
        kind = 'gguf'
    elif suffix == 'safetensors' or _may_be_safetensors(head, size):
        _check_safetensors(file, head, size)
        kind = 'safetensors'
    elif _is_onnx(file, size):
        kind = 'onnx'
    if suffix in FORMATS and suffix != kind:
        raise types.Rejected('The file is called .%s but is none, of an '
                             'unknown version, or damaged.' % suffix)
    return kind


def _is_pickle(file: BinaryIO, head: bytes) -> bool:
    if head.startswith(b'PK\x03\x04'):
        with types.Archive.open(file, max_size=types.TiB) as archive:
            return any(name.endswith('.pkl') for name in archive.names())
    if head[:1] == b'\x80' and head[1:2] in (b'\2', b'\3', b'\4', b'\5'):
        return True
    if head.startswith(b'\x93NUMPY') and b"'|O" in head[:1024]:
        return True
    return _is_old_pickle(head)


def _is_old_pickle(head: bytes) -> bool:
    """Whether it is a short pickle of protocol 0 or 1, without a magic."""
    try:
        names = {code.name for code, _, _ in pickletools.genops(head)}
        # Text may look like a few operations, but hardly like a program
        # that leaves the stack in order.
        pickletools.dis(head, io.StringIO(), indentlevel=0)
    except Exception:
        return False
    return bool(_IMPORTS & names)


def _is_gguf(head: bytes) -> bool:
    """Magic, version and two counts; in either order of bytes."""
    if not head.startswith(b'GGUF') or len(head) < 24:
        return False
    versions = struct.unpack_from('<I', head, 4), struct.unpack_from(
        '>I', head, 4)
    return any(version in _GGUF_VERSIONS for version, in versions)


def _may_be_safetensors(head: bytes, size: int) -> bool:
    if head[8:9] != b'{':
        return False
    length, = struct.unpack_from('<Q', head)
    return length <= size - 8


def _check_safetensors(file: BinaryIO, head: bytes, size: int) -> None:
    """Refuse a file whose header does not describe all of its bytes."""
    if len(head) < 8:
        raise _damaged('it is too short')
    length, = struct.unpack_from('<Q', head)
    if length > size - 8:
        raise _damaged('its header is longer than the file')
    if length > _HEADER:
        raise _damaged('its header has more than %d bytes' % _HEADER)
    file.seek(8)
    try:
        header = json.loads(file.read(length))
    except (ValueError, RecursionError) as error:
        raise _damaged('its header is not JSON') from error
    end = 0
    for first, last in sorted(_offsets(header)):
        if first != end or last < first:
            raise _damaged('its tensors overlap or leave holes')
        end = last
    if end != size - 8 - length:
        raise _damaged('its tensors end at %d, its bytes at %d'
                       % (end, size - 8 - length))


def _offsets(header: Any) -> list[tuple[int, int]]:
    """Where the tensors begin and end."""
    try:
        pairs = [tensor['data_offsets'] for name, tensor in header.items()
                 if name != '__metadata__']
        found = [(first, last) for first, last in pairs]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _damaged('its header is not one of tensors') from error
    if not all(type(offset) is int for pair in found for offset in pair):
        raise _damaged('its offsets are not numbers')
    return found


def _damaged(problem: str) -> types.Rejected:
    return types.Rejected('The safetensors file is damaged: %s.' % problem)


def _is_onnx(file: BinaryIO, size: int) -> bool:
    """Whether all fields are those of a model and a graph is among them.

    Only their heads are read: a graph may have gigabytes.
    """
    file.seek(0)
    if file.read(1) != b'\x08':
        return False
    seen: set[int] = set()
    position = 0
    for _ in range(_MOST_FIELDS):
        if position == size:
            break
        number, position = _field(file, position)
        if not number or position > size:
            return False
        seen.add(number)
    return _GRAPH in seen


def _field(file: BinaryIO, position: int) -> tuple[int, int]:
    """Number of the field at a position, 0 for none, and where it ends."""
    file.seek(position)
    tag = _varint(file)
    number, wire_type = tag >> 3, tag & 7
    if _MODEL.get(number) != wire_type:
        return 0, position
    value = _varint(file)
    end = file.tell() + (value if wire_type == 2 else 0)
    return (0 if value < 0 else number), end


def _varint(file: BinaryIO) -> int:
    """A number of at most 64 bits, seven to a byte; -1 for none."""
    value = 0
    for shift in range(0, 70, 7):
        byte = file.read(1)
        if not byte:
            return -1
        value |= (byte[0] & 0x7f) << shift
        if byte[0] < 0x80:
            return value
    return -1
