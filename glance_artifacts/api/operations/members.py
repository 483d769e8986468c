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

"""The projects that an artifact is shared with."""

from __future__ import annotations

from glance_artifacts.api.operations import answers
from glance_artifacts.api.operations.base import Answer
from glance_artifacts.api.operations.base import Operation

_ALL = '/{type_name}/{id}/members'
_ONE = _ALL + '/{member}'
_JSON = 'application/json'

OPERATIONS = {
    ('GET', _ALL): Operation(
        'List members',
        'Lists the members of a shared artifact that the caller sees: the '
        'owner\'s side sees all of them, a member itself.\n\nMembers are no '
        'part of the artifact: its ``ETag`` and its ``updated_at`` stay '
        'whatever becomes of them. While ``visibility`` is not ``shared`` '
        'they are kept, without effect.',
        (Answer(200, answers.OK.description, body='members'),
         answers.NOT_SHARED, answers.NOT_FOUND),
        samples={'members-list': ''}),

    ('POST', _ALL): Operation(
        'Add a member',
        'Shares an artifact with a project. The new member is ``pending``: it '
        'may read the artifact by its URL, and lists show it with '
        '``member_status=pending``. Other keys in the body are not looked '
        'at.',
        (Answer(200, 'The project is a member.', variant='member',
                body='member'),
         answers.BAD_MEMBER, answers.NOT_SHARED, answers.NOT_FOUND,
         answers.MEMBER_EXISTS, answers.TOO_MANY_MEMBERS, answers.NOT_JSON),
        request={_JSON: 'member_create'}, request_sample='member-add',
        samples={'member-add': ''}),

    ('GET', _ONE): Operation(
        'Show a member',
        'Shows one member. An artifact that is not shared answers 404 here.',
        (Answer(200, answers.OK.description, body='member'),
         answers.NO_MEMBER),
        samples={'member-show': ''}),

    ('PUT', _ONE): Operation(
        'Accept or reject',
        'Sets the status of a member: the member\'s side decides, or an '
        'administrator. What was accepted is in the member\'s lists. Any '
        'status may follow any other.',
        (Answer(200, 'The member has the status.', variant='member_status',
                body='member'),
         answers.BAD_MEMBER_STATUS, answers.NOT_SHARED, answers.NO_MEMBER,
         answers.TOO_LARGE, answers.NOT_JSON),
        request={_JSON: 'member_update'}, request_sample='member-update',
        samples={'member-update': ''}),

    ('DELETE', _ONE): Operation(
        'Remove a member',
        'Shares the artifact with the project no longer.',
        (Answer(204, 'The project is no member any more.',
                variant='member'),
         answers.NOT_SHARED, answers.NO_MEMBER)),
}
