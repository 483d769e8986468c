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


from glance_artifacts.policies import base

_ALL = '/{type_name}/{artifact_id}/members'
_ONE = _ALL + '/{member}'

LIST = base.rule('get_members', base.READER_OR_MEMBER,
                 'List the members of a shared artifact.', 'GET', _ALL)
SHOW = base.rule('get_member', base.READER_OR_MEMBER,
                 'Show a member of a shared artifact.', 'GET', _ONE)
ADD = base.rule('add_member', base.OWNER,
                'Share an artifact with a project.', 'POST', _ALL)
MODIFY = base.rule('modify_member', base.MEMBER,
                   'Accept or reject an artifact that is shared.',
                   'PUT', _ONE)
DELETE = base.rule('delete_member', base.OWNER,
                   'Share an artifact with a project no longer.',
                   'DELETE', _ONE)

RULES = (LIST, SHOW, ADD, MODIFY, DELETE)
