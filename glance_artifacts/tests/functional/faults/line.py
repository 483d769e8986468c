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

"""A line to a server that breaks, is held up, or is not there."""

from __future__ import annotations

import socket
import threading

_PIECE = 65536
_ENDLESS = 1 << 62


class Line:
    """Carries connections to a server and back.

    :param address: the server's, ``HOST:PORT``
    :ivar address: to connect to instead
    :ivar up: bytes that may still go up before all connections break
    :ivar down: bytes that may still come down
    :ivar passed: bytes that have gone up
    """

    def __init__(self, address: str) -> None:
        self._server = address.split(':')
        self._flows = threading.Event()
        self._port = 0
        self.passed = 0
        self.mend()
        self.address = '127.0.0.1:%d' % self._port

    def mend(self) -> None:
        """Carry whatever comes, from now on."""
        self.up = self.down = _ENDLESS
        self._flows.set()
        if not self._port or self._listening.fileno() < 0:
            self._listening = socket.create_server(('127.0.0.1', self._port))
            self._port = self._listening.getsockname()[1]
            threading.Thread(target=self._accept, daemon=True,
                             args=(self._listening,)).start()

    def refuse(self) -> None:
        """Refuse new connections."""
        # closed alone, it would still take the one that is waited for
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def hold(self) -> None:
        """Carry nothing, and say nothing of it."""
        self._flows.clear()

    def close(self) -> None:
        """Let go of everybody."""
        if self._listening.fileno() >= 0:
            self.refuse()
        self.up = self.down = 0
        self._flows.set()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,),
                             daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            self._carry(client)
        except OSError:
            pass  # one of them has gone

    def _carry(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._server) as server:
            down = threading.Thread(target=self._down, args=(server, client),
                                    daemon=True)
            down.start()
            while self.up > 0 and (data := client.recv(
                    min(_PIECE, self.up))):
                self._flows.wait()
                self.up -= len(data)
                self.passed += len(data)
                server.sendall(data)
            if self.up <= 0:
                self._break(server, client)
            down.join()

    def _down(self, server: socket.socket, client: socket.socket) -> None:
        try:
            while self.down > 0 and (data := server.recv(
                    min(_PIECE, self.down))):
                self._flows.wait()
                self.down -= len(data)
                client.sendall(data)
            if self.down <= 0:
                self._break(server, client)
            client.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # one of them has gone

    @staticmethod
    def _break(server: socket.socket, client: socket.socket) -> None:
        """At once, whatever is still on its way."""
        server.shutdown(socket.SHUT_RDWR)
        client.shutdown(socket.SHUT_RDWR)
