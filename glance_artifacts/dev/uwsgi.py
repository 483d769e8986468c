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

"""The uWSGI that the development servers run under."""

#: Whatever it serves.
OPTIONS = (
    '--master', '--die-on-term', '--no-orphans', '--enable-threads',
    # Each process loads the app itself: database connections and store
    # clients do not survive a fork. Without an app there is no server.
    '--lazy-apps', '--need-app',
    # The default of 4 s cuts off every client that pauses.
    '--socket-timeout=60',
    # Room for 64 KiB of headers; this is uWSGI's limit.
    '--buffer-size=65535',
    # http-socket closes each connection; a client that is not told sends its
    # next request into the closing one.
    '--add-header=Connection: close',
    # The default of 1 MiB cuts off every client that sends larger chunks.
    '--chunked-input-limit=16777216',
    # Stopping waits this long for requests in progress.
    '--worker-reload-mercy=10',
)
