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

"""Tags, one by one."""

from __future__ import annotations

from glance_artifacts.api.operations import answers
from glance_artifacts.api.operations.base import Answer
from glance_artifacts.api.operations.base import Operation

_TAG = '/{type_name}/{id}/tags/{tag}'

OPERATIONS = {
    ('PUT', _TAG): Operation(
        'Add a tag',
        'Adds a tag to the artifact, in whatever status it is. One that is '
        'there already stays, and nothing changes.',
        (Answer(204, 'The artifact has the tag.', variant='tag'),
         answers.BAD_TAG, answers.NOT_FOUND, answers.TAG_OVERTAKEN,
         answers.CHANGED),
        parameters=('If-Match',)),

    ('DELETE', _TAG): Operation(
        'Remove a tag',
        'Takes a tag from the artifact, in whatever status it is.',
        (answers.DELETED, answers.BAD_TAG, answers.NO_TAG,
         answers.TAG_OVERTAKEN, answers.CHANGED),
        parameters=('If-Match',)),
}
