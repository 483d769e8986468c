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

"""Machine learning models."""

from __future__ import annotations

from typing import Any

from glance_artifacts.builtin import ml_formats
from glance_artifacts import types


class MLModel(types.ArtifactType):
    """A trained model and its files."""

    type_name = 'ml_models'

    framework = types.String('Framework.', required=True, filterable=True)
    licence = types.String('SPDX id.', filterable=True)
    metrics = types.Dict('Scores.', of=types.Float(), mutable=True)
    base = types.Link('Tuned from.', to=('ml_models',))
    weights_format = types.String('Seen in the files.', computed=True,
                                  filterable=True,
                                  enum=ml_formats.FORMATS)
    files = types.Folder('Weights, config.', required=True, max_items=500,
                         max_size=200 * types.GiB, max_total=types.TiB)

    def inspect(self, blob: Any) -> dict[str, Any] | None:
        with blob.open() as file:
            kind = ml_formats.sniff(file, blob.key, blob.size)
        if kind == ml_formats.PICKLE:
            # Loading a pickle runs whatever code its maker put in.
            raise types.Rejected('pickle refused: use safetensors')
        return {'weights_format': kind} if kind else None
