using Dapper;
using Npgsql;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// What goes on without a request: files whose booking broke off are booked to their end, files that waited for a
/// missing statement are imported, payments that came back find their receipts and refunds, pending payments their
/// money or their end, bytes of broken requests are dropped. Every instance does it, and each step is safe against the
/// others; what looks for receipts is done by one at a time, and another goes on where it dies.
/// </summary>
public sealed class IntakeService(
    EventStore store, StatementImporter importer, StatementBooker booker, ReturnedPayments returns,
    ReturnedRefunds refunds, PendingPaymentSettler pending, WakeUp<IntakeService> wakeUp, TimeProvider clock,
    [FromKeyedServices(EventStoreRegistration.Sessions)] NpgsqlDataSource sessions,
    ILogger<IntakeService> log)
    : RecurringWork("Bank files and what they bring", TimeSpan.FromSeconds(5), clock, log, wakeUp)
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromHours(1);
    private static readonly TimeSpan KeptWithoutImport = TimeSpan.FromDays(1);

    private static readonly long LockKey = Ids.LockKey("cash-application:receipts-sought");

    private DateTimeOffset _swept = DateTimeOffset.MinValue;

    /// <summary>What fails is still to be done in the next round, and holds up nothing else.</summary>
    protected override async Task RunAsync(CancellationToken cancellation)
    {
        await TryAsync("Booking of broken-off files", () => FinishBookingAsync(cancellation), cancellation);
        await TryAsync("Import of waiting files", () => ImportAllWaitingAsync(cancellation), cancellation);
        await TryAsync("Search for receipts", () => FindReceiptsAsync(cancellation), cancellation);
        await TryAsync("Removal of broken requests", () => SweepAsync(cancellation), cancellation);
    }

    private async Task FinishBookingAsync(CancellationToken cancellation)
    {
        foreach (var importId in await IdsAsync(
            "select id from statement_imports where status = 'booking' order by received_at, id", cancellation))
        {
            await TryAsync(
                $"Booking of file {importId}", () => booker.BookAsync(importId, cancellation), cancellation);
        }
    }

    private async Task ImportAllWaitingAsync(CancellationToken cancellation)
    {
        while (await ImportWaitingAsync(cancellation))
        {
            // What one has closed may be what the next one waited for.
        }
    }

    /// <summary>Imports the files that link to what is booked by now; true when one was.</summary>
    private async Task<bool> ImportWaitingAsync(CancellationToken cancellation)
    {
        var isImported = false;
        foreach (var importId in await IdsAsync(
            "select i.id from statement_imports i where i.status = 'waiting' and exists (select 1 from statements s " +
            "where s.bank_account = i.waits_for and not s.repeated " +
            "and (s.closing = i.waits_opening or s.opening = i.waits_closing)) order by i.received_at, i.id",
            cancellation))
        {
            await TryAsync(
                $"Import of file {importId}",
                async () => isImported |= await ImportAsync(importId, cancellation), cancellation);
        }

        return isImported;
    }

    /// <summary>True when the file is imported now; one that still has no place goes on waiting.</summary>
    private async Task<bool> ImportAsync(Guid importId, CancellationToken cancellation)
    {
        var history = await store.HistoryAsync(importId, cancellation);
        var import = history.Aggregate(StatementImport.Initial, (state, e) => StatementImport.Evolve(state, e.Data));
        if (import is not { Imported: null, Refused: { Reading: { } reading, WaitsFor: not null } refused })
            return false;
        var file = new ReceivedFile(importId, refused.Size, refused.Sha256, ReadOnlyMemory<byte>.Empty, IsKept: true);
        var order = new ImportOrder(file, reading, history[^1].Version, HoldsEffects: import.HoldsEffects);
        var metadata = history[0].Metadata with { Reason = "the statement before or behind it is there" };
        try
        {
            using var plan = await importer.PlanAsync(order, metadata, cancellation);
            if (plan.Batch is null)
            {
                var detail = StatementImportRefusals.AlreadyImported(plan.Earlier!.Value).Detail;
                await RefuseAsync(order, refused, metadata, detail, cancellation);
                return false;
            }

            var result = await store.CommitAsync(plan.Batch, cancellation);
            if (!result.IsCommitted)
                return result.Status == CommitStatus.VersionConflict;
            MatchMetrics.Recorded(plan.Matches);
        }
        catch (StatementRefused again)
        {
            var fact = RefusedFiles.Fact(file, reading, again);
            if (fact.Detail != refused.Detail)
                await RefusedFiles.AppendAsync(store, file, order.Version, fact, metadata, Clock, cancellation);
            return false;
        }

        await booker.BookAsync(importId, cancellation);
        return true;
    }

    /// <summary>In one instance at a time: several would only find the same.</summary>
    private async Task FindReceiptsAsync(CancellationToken cancellation)
    {
        await using var turn = await Turn.TryAsync(sessions, LockKey, cancellation);
        if (turn is null)
            return;
        await TryAsync("Search for payments that came back", () => TakeBackAsync(cancellation), cancellation);
        await TryAsync("Search for ends of pending payments", () => EndPendingAsync(cancellation), cancellation);
    }

    private async Task TakeBackAsync(CancellationToken cancellation)
    {
        foreach (var found in await returns.FindAsync(cancellation))
        {
            await TryAsync(
                $"Taking back of receipt {found.ReceiptId}",
                () => returns.TakeBackAsync(found, cancellation), cancellation);
        }

        foreach (var found in await refunds.FindAsync(cancellation))
        {
            await TryAsync(
                $"Taking back of refund {found.RefundId}",
                () => refunds.TakeBackAsync(found, cancellation), cancellation);
        }
    }

    /// <summary>First those whose money is there: no money comes too late that is there.</summary>
    private async Task EndPendingAsync(CancellationToken cancellation)
    {
        foreach (var (pendingId, receiptId) in await pending.FindAsync(cancellation))
        {
            await TryAsync(
                $"Settling of pending payment {pendingId}",
                () => pending.SettleAsync(pendingId, receiptId, cancellation), cancellation);
        }

        foreach (var pendingId in await pending.LateAsync(cancellation))
        {
            await TryAsync(
                $"End of pending payment {pendingId}",
                () => pending.ExpireAsync(pendingId, cancellation), cancellation);
        }
    }

    /// <summary>Another file had everything that this one waited to bring.</summary>
    private Task RefuseAsync(
        ImportOrder order, StatementFileRefused before, EventMetadata metadata, string detail,
        CancellationToken cancellation) =>
        RefusedFiles.AppendAsync(store, order.File, order.Version, before with
        {
            Code = "statement-already-imported",
            Line = 0,
            Element = "file",
            Detail = detail,
            WaitsFor = null,
        }, metadata, Clock, cancellation);

    private async Task SweepAsync(CancellationToken cancellation)
    {
        var now = Clock.GetUtcNow();
        if (now - _swept < SweepInterval)
            return;
        await StatementFiles.SweepAsync(store.Database, now - KeptWithoutImport, cancellation);
        _swept = now;
    }

    private async Task<IReadOnlyList<Guid>> IdsAsync(string sql, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var ids = await connection.QueryAsync<Guid>(new CommandDefinition(sql, cancellationToken: cancellation));
        return ids.AsList();
    }
}
