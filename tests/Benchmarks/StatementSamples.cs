using System.Globalization;
using System.Text;

namespace OrderToCash.Benchmarks;

/// <summary>Statements of any size that are made while they are read: every entry is a credit of 100.00.</summary>
internal static class StatementSamples
{
    /// <summary>A camt.053 of about so many bytes, with balances that tie.</summary>
    public static Stream Camt(long bytes)
    {
        var count = Math.Max(1, bytes / CamtEntry(0).Length);
        return new MadeStream(CamtParts(count));
    }

    /// <summary>An MT940 of about so many bytes, with balances that tie.</summary>
    public static Stream Swift(long bytes)
    {
        var count = Math.Max(1, bytes / SwiftEntry(0).Length);
        return new MadeStream(SwiftParts(count));
    }

    private static IEnumerable<string> CamtParts(long count)
    {
        yield return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" +
            "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr>" +
            "<MsgId>M-1</MsgId><CreDtTm>2026-11-02T20:00:00Z</CreDtTm></GrpHdr><Stmt><Id>S-1</Id>" +
            "<CreDtTm>2026-11-02T20:00:00Z</CreDtTm><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id>" +
            $"<Ccy>USD</Ccy></Acct>\n{Balance("OPBD", 0)}{Balance("CLBD", count * 100m)}";
        for (long index = 0; index < count; index++)
            yield return CamtEntry(index);
        yield return "</Stmt></BkToCstmrStmt></Document>\n";

        static string Balance(string code, decimal amount) => string.Create(CultureInfo.InvariantCulture,
            $"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"USD\">{amount:0.00}</Amt>" +
            $"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-02</Dt></Dt></Bal>\n");
    }

    private static string CamtEntry(long index) => string.Create(CultureInfo.InvariantCulture,
        $"""
        <Ntry>
          <Amt Ccy="USD">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
          <BookgDt><Dt>2026-11-02</Dt></BookgDt><ValDt><Dt>2026-11-02</Dt></ValDt>
          <AcctSvcrRef>BANK-{index:0000000000}</AcctSvcrRef>
          <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
          <NtryDtls><TxDtls>
            <Refs><EndToEndId>E2E-{index:0000000000}</EndToEndId></Refs>
            <RltdPties><Dbtr><Nm>Globex Corporation {index % 50_000}</Nm></Dbtr>
              <DbtrAcct><Id><IBAN>DE02120300000000202051</IBAN></Id></DbtrAcct></RltdPties>
            <RmtInf><Ustrd>INV-US01-2026-{index % 1_000_000:000000} thank you</Ustrd></RmtInf>
          </TxDtls></NtryDtls>
        </Ntry>

        """);

    private static IEnumerable<string> SwiftParts(long count)
    {
        yield return ":20:S1\n:25:DE89370400440532013000\n:28C:1/1\n:60F:C261102USD0,00\n";
        for (long index = 0; index < count; index++)
            yield return SwiftEntry(index);
        yield return string.Create(CultureInfo.InvariantCulture, $":62F:C261102USD{count * 100},00\n-\n");
    }

    private static string SwiftEntry(long index) => string.Create(CultureInfo.InvariantCulture,
        $":61:2611021102C100,00NTRFE2E-{index:0000000000}//BANK-{index % 1_000_000:000000}\n" +
        $":86:166?00CREDIT?20EREF+E2E-{index:0000000000}?21SVWZ+INV-US01-2026-{index % 1_000_000:000000}" +
        $"?30COBADEFF?31DE02120300000000202051?32Globex {index % 50_000}\n");

    /// <summary>Text that comes part by part, as ASCII.</summary>
    private sealed class MadeStream(IEnumerable<string> parts) : Stream
    {
        private readonly IEnumerator<string> _parts = parts.GetEnumerator();
        private byte[] _part = [];
        private int _at;
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _position;
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            var read = 0;
            while (read < buffer.Length)
            {
                if (_at == _part.Length)
                {
                    if (!_parts.MoveNext())
                        break;
                    (_part, _at) = (Encoding.ASCII.GetBytes(_parts.Current), 0);
                }

                var count = Math.Min(buffer.Length - read, _part.Length - _at);
                _part.AsSpan(_at, count).CopyTo(buffer[read..]);
                (_at, read) = (_at + count, read + count);
            }

            _position += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            _parts.Dispose();
            base.Dispose(disposing);
        }
    }
}
