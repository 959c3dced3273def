using System.Diagnostics;
using System.Globalization;
using System.Xml;
using OrderToCash.CashApplication.Statements.Formats;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>parse</c>: statement files read as an import reads them first, control totals and fingerprints with it. MT940
/// beside a reader that only cuts lines, camt.053 beside a bare XmlReader; and a camt.053 of 200 MB that is made while
/// it is read, with the most memory that took.
/// </summary>
internal static class ParseBenchmark
{
    public static readonly Benchmark Define = new(
        "parse", "MT940 and camt.053 from memory, and 200 MB of camt.053 streamed", RunAsync);

    private const int Megabytes = 16;

    private const int StreamedMegabytes = 200;

    private const int Megabyte = 1024 * 1024;

    private static async Task RunAsync(Bench bench, CancellationToken cancellation)
    {
        Streamed(bench);
        var (camt, swift) = (Bytes(StatementSamples.Camt), Bytes(StatementSamples.Swift));
        var costs = await Contest.RunAsync(
            bench, bench.Cpu(), cancellation, Of(camt, stream => Read(StatementFormat.Camt, stream)), Of(camt, Xml),
            Of(swift, stream => Read(StatementFormat.Swift, stream)), Of(swift, Lines));
        bench.Report.Add(Figure.Rate(
            "camt.053, a bare XmlReader beside it", "MB/s", costs[0], costs[1], new Goal(AtLeast: 100)));
        bench.Report.Add(Figure.Rate(
            "MT940, a bare reader of lines beside it", "MB/s", costs[2], costs[3], new Goal(AtLeast: 100)));
    }

    /// <summary>First, while the process has needed little memory yet.</summary>
    private static void Streamed(Bench bench)
    {
        var before = Resident();
        var watch = Stopwatch.StartNew();
        using var stream = StatementSamples.Camt((long)StreamedMegabytes * Megabyte);
        long heap = 0;
        var entries = Read(StatementFormat.Camt, stream, count =>
        {
            if (count % 1_000 == 0)
                heap = Math.Max(heap, GC.GetTotalMemory(forceFullCollection: false));
        });
        var rate = (decimal)stream.Position / Megabyte / (decimal)watch.Elapsed.TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{entries:N0} entries in {stream.Position:N0} bytes; resident before {before:0} MB"));
        bench.Report.Add(new Figure("camt.053 of 200 MB, streamed", "MB/s", rate));
        bench.Report.Add(new Figure("its peak memory, resident", "MB", Resident(), Goal: new Goal(AtMost: 300)));
        bench.Report.Add(new Figure("its peak memory, managed", "MB", (decimal)heap / Megabyte));
    }

    private static Contender Of(byte[] file, Action<Stream> read) => Contender.Of(
        1,
        (_, _) =>
        {
            using var stream = new MemoryStream(file, writable: false);
            read(stream);
            return Task.CompletedTask;
        },
        pieces: Megabytes);

    private static void Read(StatementFormat format, Stream stream) => Read(format, stream, _ => { });

    /// <summary>What the first reading of an import does, but for the account's history.</summary>
    private static int Read(StatementFormat format, Stream stream, Action<int> seen)
    {
        var count = 0;
        using var reader = StatementFormats.Open(format, stream);
        while (reader.NextStatement() is { } header)
        {
            using var fingerprint = new StatementFingerprint(header);
            var totals = new ControlTotals(header);
            while (reader.NextEntry() is { } entry)
            {
                totals.Add(entry);
                fingerprint.Add(entry);
                seen(++count);
            }

            if (totals.Check(reader.Statement) is { } refusal)
                throw new InvalidOperationException($"The sample is wrong: {refusal}");
        }

        return count;
    }

    private static void Xml(Stream stream)
    {
        using var reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Text && reader.Value.Length == 0)
                throw new InvalidOperationException("A text is empty.");
        }
    }

    private static void Lines(Stream stream)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        while (reader.ReadLine() is not null)
        {
        }
    }

    private static byte[] Bytes(Func<long, Stream> make)
    {
        using var made = make((long)Megabytes * Megabyte);
        using var memory = new MemoryStream();
        made.CopyTo(memory);
        return memory.ToArray();
    }

    /// <summary>The most that was resident so far (Linux), in megabytes.</summary>
    private static decimal Resident() => long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) / 1024m;
}
