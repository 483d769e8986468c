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

_ONE = '/{type_name}/{artifact_id}'

LIST = base.rule('list', base.READER, 'List artifacts of a type.',
                 'GET', '/{type_name}', '/all')
SHOW = base.rule('get', base.READER, 'Show an artifact.', 'GET', _ONE)
CREATE = base.rule('create', base.OWNER, 'Create a draft.',
                   'POST', '/{type_name}')
CREATE_IN_POOL = base.rule(
    'create_in_pool', base.OWNER,
    'Create a draft in another pool than that of its type, one that is'
    ' configured to allow the type.', 'POST', '/{type_name}')
UPDATE = base.rule('update', base.OWNER, 'Change fields of an artifact.',
                   'PATCH', _ONE)
DELETE = base.rule('delete', base.OWNER, 'Delete an artifact.',
                   'DELETE', _ONE)
DELETE_PUBLIC = base.rule('delete_public', base.ADMIN,
                          'Delete a public artifact that is not a draft.',
                          'DELETE', _ONE)
PUBLICIZE = base.rule('publicize', base.ADMIN,
                      'Make an artifact public.', 'PATCH', _ONE)
COMMUNITIZE = base.rule('communitize', base.OWNER,
                        'Make an artifact a community artifact.',
                        'PATCH', _ONE)
SET_OWNER = base.rule('set_owner', base.ADMIN,
                      'Create an artifact for another project, or give'
                      ' it one.',
                      'POST', '/{type_name}')
ADD_TAG = base.rule('add_tag', base.OWNER, 'Add a tag to an artifact.',
                    'PUT', _ONE + '/tags/{tag}')
DELETE_TAG = base.rule('delete_tag', base.OWNER,
                       'Take a tag from an artifact.', 'DELETE',
                       _ONE + '/tags/{tag}')
ACTIVATE = base.rule('activate', base.OWNER, 'Activate a draft.',
                     'POST', _ONE + '/actions/activate')
DEACTIVATE = base.rule('deactivate', base.OWNER,
                       'Keep the bytes of an artifact from its readers.',
                       'POST', _ONE + '/actions/deactivate')
REACTIVATE = base.rule('reactivate', base.OWNER,
                       'Let readers at the bytes again.',
                       'POST', _ONE + '/actions/reactivate')
MOVE = base.rule('move', base.ADMIN, 'Move an artifact to another pool.',
                 'POST', _ONE + '/actions/move')

#: by the name of the action; a change of ``status`` asks them, too
ACTIONS = {'activate': ACTIVATE, 'deactivate': DEACTIVATE,
           'reactivate': REACTIVATE}

RULES = (LIST, SHOW, CREATE, CREATE_IN_POOL, UPDATE, DELETE, DELETE_PUBLIC,
         PUBLICIZE, COMMUNITIZE, SET_OWNER, ADD_TAG, DELETE_TAG, ACTIVATE,
         DEACTIVATE, REACTIVATE, MOVE)
