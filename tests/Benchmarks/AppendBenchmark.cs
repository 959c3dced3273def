using JasperFx.Events;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.EventSourcing;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>append</c>: what the event store adds to the cost of its rows. The bare loop writes the same rows with nothing
/// but Npgsql: one connection per writer, prepared statements, one round trip, nothing checked. Marten appends in its
/// quickest way, to tables of its own.
/// </summary>
internal static class AppendBenchmark
{
    public static readonly Benchmark Define = new(
        "append", "transactions of 1 and 3 events, to streams that are new or exist", RunAsync);

    private static readonly int[] Writers = [1, 8, 32];

    private static async Task RunAsync(Bench bench, CancellationToken cancellation)
    {
        var services = await bench.StoreAsync(
            options => options.Types.Add<PaymentNoted>("payment_noted"), cancellation);
        await using var marten = MartenOn(await bench.DatabaseAsync(cancellation));
        foreach (var (events, isNew) in new[] { (1, true), (3, true), (1, false), (3, false) })
        {
            foreach (var writers in Writers)
                await MeasureAsync(bench, services, marten, new AppendCase(events, isNew, writers), cancellation);
        }
    }

    private static async Task MeasureAsync(
        Bench bench, ServiceProvider services, DocumentStore marten, AppendCase one, CancellationToken cancellation)
    {
        var database = services.GetRequiredService<NpgsqlDataSource>();
        var store = services.GetRequiredService<EventStore>();

        // A pool hands out the connection that has rested longest. Those that an earlier case with more writers left
        // would each be asked in turn, by a server process whose caches are cold: twice the CPU of a bare connection's.
        database.Clear();
        await using var bare = await WritersAsync(one, () => new BareWriter(database, one), cancellation);
        await using var known = await WritersAsync(one, () => new StoreWriter(store, one), cancellation);
        await using var decide = await WritersAsync(one, () => new DecidingWriter(store, one), cancellation);
        await using var theirs = await WritersAsync(one, () => new MartenWriter(marten, one), cancellation);
        var costs = await Contest.RunAsync(
            bench, bench.Cpu(), cancellation, bare.Contender, known.Contender, decide.Contender, theirs.Contender);
        var what = $"{one.Events} event(s), {(one.IsNew ? "new" : "existing")} stream, {one.Writers} writer(s)";
        bench.Report.Add(Figure.Rate(what, "/s", costs[1], costs[0], new Goal(Ratio: 0.8m)));
        bench.Report.Add(Figure.Rate("  with a decision on the remembered state", "/s", costs[2], costs[0]));
        bench.Report.Add(Figure.Rate("  by the side of Marten", "/s", costs[1], costs[3], new Goal(Ratio: 1m)));
    }

    private static DocumentStore MartenOn(string address) => DocumentStore.For(options =>
    {
        options.Connection(address);
        options.Events.AppendMode = EventAppendMode.Quick;
        options.Events.MetadataConfig.EnableAll();
        options.Events.MetadataConfig.UserNameEnabled = true;
        options.Events.AddEventTypes([typeof(PaymentNoted)]);
    });

    private static async Task<WriterCrew> WritersAsync(
        AppendCase one, Func<IAppendWriter> create, CancellationToken cancellation)
    {
        var writers = Enumerable.Range(0, one.Writers).Select(_ => create()).ToArray();
        foreach (var writer in writers)
            await writer.PrepareAsync(cancellation);
        return new WriterCrew(writers);
    }

    private sealed class WriterCrew(IAppendWriter[] writers) : IAsyncDisposable
    {
        public Contender Contender { get; } = Contender.Of(
            writers.Length, (writer, cancellation) => writers[writer].WriteAsync(cancellation));

        public async ValueTask DisposeAsync()
        {
            foreach (var writer in writers)
                await writer.DisposeAsync();
        }
    }
}
