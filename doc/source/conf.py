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

"""Sphinx configuration of the manual."""

project = 'glance_artifacts'
copyright = 'glance_artifacts contributors'
extensions = [
    'openstackdocstheme',
    'oslo_config.sphinxext',
    'oslo_policy.sphinxext',
]
openstackdocs_auto_name = False
html_theme = 'openstackdocs'
html_title = 'glance_artifacts'
html_show_sourcelink = False
# Names of options and files hold double hyphens and straight quotes.
smartquotes = False
