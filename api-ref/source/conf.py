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

"""Sphinx configuration of the API reference."""

import pathlib
import sys

_HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(_HERE.parent))

import reference  # noqa: E402

reference.write(_HERE / 'generated')

project = 'glance_artifacts API reference'
copyright = 'glance_artifacts contributors'
extensions = ['openstackdocstheme', 'os_api_ref']
openstackdocs_auto_name = False
html_theme = 'openstackdocs'
html_title = 'glance_artifacts API reference'
html_theme_options = {'sidebar_mode': 'toc'}
html_show_sourcelink = False
smartquotes = False
