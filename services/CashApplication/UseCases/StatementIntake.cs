using Dapper;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// Imports a file for a request: whole, or it is kept with line and reason. The answer is given once all of it is
/// booked, or after a while with the status <c>booking</c>: the rest is booked by itself, as it is when the request
/// breaks off.
/// </summary>
public sealed class StatementIntake(StatementImporter importer, StatementBooker booker, WakeUp<IntakeService> wakeUp)
{
    /// <summary>More receipts than this are not listed in an answer; the file's lines are asked for page by page.
    /// </summary>
    private const int MostListed = 10_000;

    /// <summary>A request waits no longer for the lines of its file.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Imports a file that has just come, or that was refused before.</summary>
    public async Task<IResult> ImportAsync(HttpCommand command, ImportOrder order, string? reason = null)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(order);
        ImportPlan? plan = null;
        var isImported = false;
        try
        {
            var answer = await command.CommitAsync(
                async cancellation =>
                {
                    plan?.Dispose();
                    plan = null;
                    if (order.Version > 0)
                        command.Expect(order.Version);
                    plan = await importer.PlanAsync(order, command.Metadata(reason), cancellation);
                    return plan.Earlier is { } earlier
                        ? StatementImportRefusals.AlreadyImported(earlier)
                        : Plan.Write(plan.Batch!, Answer(order, plan), () => isImported = true);
                },
                _ => StatementImportRefusals.ImportedJustNow);
            if (!isImported)
                return answer;
            MatchMetrics.Recorded(plan!.Matches);
        }
        finally
        {
            plan?.Dispose();
            if (order is { Version: 0, File.IsKept: true } && !isImported)
                await DropUnlessKeptAsync(command.Store, order.File.ImportId);
        }

        wakeUp.Wake();
        return !plan.IsBooked && await FinishAsync(command, order, plan) is { } finished
            ? finished
            : Answer(order, plan);
    }

    /// <summary>
    /// The answer once the lines that follow are booked too; it takes the place of the first one. Null when that takes
    /// longer than a request should.
    /// </summary>
    private async Task<IResult?> FinishAsync(
        HttpCommand command, ImportOrder order, ImportPlan plan)
    {
        var importId = order.File.ImportId;
        using var patience = new CancellationTokenSource(Patience, command.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, command.Cancellation);
        try
        {
            await booker.BookAsync(importId, either.Token);
        }
        catch (OperationCanceledException) when (!command.Cancellation.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            wakeUp.Wake();
        }

        var receiptIds = await ReceiptIdsAsync(command.Store, importId, command.Cancellation);
        var (_, version) = await command.Store.LoadAsync(StatementImport.Type, importId, command.Cancellation);
        var answer = Reply.Created($"/v1/bank-statements/{importId}",
            StatementImportView.Of(importId, plan.Imported!, "imported", receiptIds, EffectsOf(plan)), version);
        if (command.Key is { } key)
            await key.ReplaceAsync(command.Store.Database, answer, command.Cancellation);
        return answer;
    }

    /// <summary>The receipts of a file, in its order.</summary>
    public static async Task<IReadOnlyList<Guid>> ReceiptIdsAsync(
        EventStore store, Guid importId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<Guid>(new CommandDefinition(
            "select r.id from statement_lines l " +
            "cross join lateral unnest(l.receipt_ids) with ordinality as r (id, n) " +
            "where l.import_id = @importId order by l.statement, l.entry, r.n limit @most",
            new { importId, most = MostListed }, cancellationToken: cancellation))).AsList();
    }

    private static Reply Answer(ImportOrder order, ImportPlan plan) => Reply.Created(
        $"/v1/bank-statements/{order.File.ImportId}",
        StatementImportView.Of(
            order.File.ImportId, plan.Imported!, plan.IsBooked ? "imported" : "booking", plan.ReceiptIds,
            EffectsOf(plan)));

    private static string? EffectsOf(ImportPlan plan) => plan.HoldsEffects ? StatementEffects.Held : null;

    /// <summary>A repeated request, or one that failed, leaves no bytes behind.</summary>
    private static async Task DropUnlessKeptAsync(EventStore store, Guid importId)
    {
        var (_, version) = await store.LoadAsync(StatementImport.Type, importId, CancellationToken.None);
        if (version == 0)
            await StatementFiles.DropAsync(store.Database, importId);
    }
}
