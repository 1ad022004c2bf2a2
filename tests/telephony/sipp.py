"""SIPp at a test's word: many calls at once, each on a fixed course, with sound and keys from captures made here.

    load = sipp.citizens(node, "12345", [(440, 2), "1", (440, 20)], calls=60, rate=5, talk=20)
    sipp.agents(node, ["1001", "1002"], [(880, 60)], password)     # registered, ringing 0.3 s, then answering
    assert load.wait() == 0, load.errors()                          # 0: every call took its course

A citizen who is not hung up on within `talk` seconds of the answer hangs up. SIPp plays captures through a raw socket,
so it needs root. For single calls steered step by step take telephone.Telephone.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from telephony import audio
from telephony.node import CARRIER, Node, free_ports
from telephony.telephone import Telephone

Sound = Iterable[tuple[int, float] | str]

SDP = """Content-Type: application/sdp
      Content-Length: [len]

      v=0
      o=sipp 1 1 IN IP[local_ip_type] [local_ip]
      s=-
      c=IN IP[media_ip_type] [media_ip]
      t=0 0
      m=audio [auto_media_port] RTP/AVP 8 101
      a=rtpmap:8 PCMA/8000
      a=rtpmap:101 telephone-event/8000
      a=fmtp:101 0-15
      a=ptime:20
"""

ANSWER_BYE = """<send><![CDATA[
      SIP/2.0 200 OK
      [last_Via:]
      [last_From:]
      [last_To:]
      [last_Call-ID:]
      [last_CSeq:]
      Content-Length: 0

  ]]></send>"""


def own_bye(sender: str, receiver: str, number: int) -> str:
    return f"""<send retrans="500"><![CDATA[
      BYE [next_url] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      {sender}
      {receiver}
      Call-ID: [call_id]
      CSeq: {number} BYE
      Max-Forwards: 70
      Content-Length: 0

  ]]></send>
  <recv response="200" crlf="true"/>"""


def citizen(capture: Path, talk: float, prefix: str) -> str:
    sender = f"From: <sip:{prefix}[call_number]@[local_ip]:[local_port]>;tag=[pid]c[call_number]"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<scenario name="citizen">
  <send retrans="500"><![CDATA[
      INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      {sender}
      To: <sip:[service]@[remote_ip]:[remote_port]>
      Call-ID: [call_id]
      CSeq: 1 INVITE
      Contact: <sip:citizen@[local_ip]:[local_port]>
      Max-Forwards: 70
      {SDP}
  ]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="183" optional="true"/>
  <recv response="200" rrs="true" rtd="true"/>
  <send><![CDATA[
      ACK [next_url] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      {sender}
      [last_To:]
      Call-ID: [call_id]
      CSeq: 1 ACK
      Max-Forwards: 70
      Content-Length: 0

  ]]></send>
  <nop><action><exec play_pcap_audio="{capture}"/></action></nop>
  <recv request="BYE" timeout="{int(talk * 1000)}" ontimeout="own"/>
  {ANSWER_BYE}
  <nop next="end"/>
  <label id="own"/>
  {own_bye(sender, "[last_To:]", 2)}
  <label id="end"/>
</scenario>
"""


def agent(capture: Path, ring: float, talk: float) -> str:
    head = """[last_Via:]
      [last_From:]
      [last_To:];tag=[pid]a[call_number]
      [last_Call-ID:]
      [last_CSeq:]
      Contact: <sip:[local_ip]:[local_port]>"""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<scenario name="agent">
  <recv request="INVITE" rrs="true"><action>
    <ereg regexp=".*" search_in="hdr" header="From:" assign_to="from"/>
    <ereg regexp=".*" search_in="hdr" header="To:" assign_to="to"/>
  </action></recv>
  <send><![CDATA[
      SIP/2.0 180 Ringing
      {head}
      Content-Length: 0

  ]]></send>
  <pause milliseconds="{int(ring * 1000)}"/>
  <send retrans="500"><![CDATA[
      SIP/2.0 200 OK
      {head}
      {SDP}
  ]]></send>
  <recv request="ACK" rtd="true"/>
  <nop><action><exec play_pcap_audio="{capture}"/></action></nop>
  <recv request="BYE" timeout="{int(talk * 1000)}" ontimeout="own"/>
  {ANSWER_BYE}
  <nop next="end"/>
  <label id="own"/>
  {own_bye("From:[$to];tag=[pid]a[call_number]", "To:[$from]", 1)}
  <label id="end"/>
</scenario>
"""


@dataclass
class Run:
    process: "subprocess.Popen[bytes]"
    name: str
    folder: Path

    def wait(self, timeout: float = 120.0) -> int:
        """SIPp's exit code: 0 when no call failed."""
        return self.process.wait(timeout)

    def gave_up(self) -> int:
        """How many of its parties hung up because nobody else did."""
        return self.errors().count("receive timeout")

    def errors(self) -> str:
        texts = [self.folder / f"{self.name}.{kind}" for kind in ("errors", "out")]
        return "\n".join(text.read_text(errors="replace")[-20_000:] for text in texts if text.exists())

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(5)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Sipp:
    def __init__(self, program: str, folder: Path) -> None:
        self.program, self.folder = program, folder
        self.runs: list[Run] = []

    @staticmethod
    def find() -> str | None:
        return shutil.which("sipp") if os.geteuid() == 0 else None

    def citizens(self, node: Node, called: str, sound: Sound, *, calls: int = 1, rate: float = 5, talk: float = 20,
                 at_once: int = 100, host: str = CARRIER, prefix: str = "1380013") -> Run:
        """Callers 13800131, 13800132 … behind the carrier's line."""
        number = len(self.runs)
        capture = audio.write_capture(self.folder / f"sound{number}.pcap", sound)
        options = ["-s", called, "-m", str(calls), "-r", str(rate), "-l", str(at_once)]
        return self._run(node, citizen(capture, talk, prefix), host, free_ports(1)[0], options)

    def agents(self, node: Node, extensions: Sequence[str], sound: Sound, password: str, *, ring: float = 0.3,
               talk: float = 3600, host: str = "127.0.0.3") -> Run:
        """One SIPp that answers for all these phones, and their registration."""
        number = len(self.runs)
        capture = audio.write_capture(self.folder / f"sound{number}.pcap", sound)
        port = free_ports(1)[0]
        for extension in extensions:  # from the port that SIPp takes over: the switch believes the sender's address
            phone = Telephone(node.address, extension, password=password, host=host, port=port)
            phone.register(3600)
            phone.leave()
        return self._run(node, agent(capture, ring, talk), host, port, ["-aa"])

    def scenario(self, node: Node, xml: str, *options: str, host: str = CARRIER) -> Run:
        """Any scenario at all, for hostile ones."""
        return self._run(node, xml, host, free_ports(1)[0], list(options))

    def stop(self) -> None:
        for run in self.runs:
            run.stop()

    def _run(self, node: Node, xml: str, host: str, port: int, options: list[str]) -> Run:
        name = f"run{len(self.runs)}"
        file = self.folder / f"{name}.xml"
        file.write_text(xml)
        media = 40000 + (len(self.runs) * 1000 + os.getpid() % 20 * 1000) % 20000
        command = [
            self.program, f"{node.address[0]}:{node.address[1]}", "-sf", str(file), "-i", host, "-p", str(port), "-mi", host,
            "-mp", str(media), "-nostdin", "-trace_err", "-error_file",
            str(self.folder / f"{name}.errors"), *options,
        ]
        with (self.folder / f"{name}.out").open("wb") as out:
            process = subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=subprocess.STDOUT, start_new_session=True)
        self.runs.append(Run(process, name, self.folder))
        return self.runs[-1]
