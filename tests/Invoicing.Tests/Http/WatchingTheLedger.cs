using Microsoft.Extensions.DependencyInjection;
using OrderToCash.Invoicing.UseCases;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

/// <summary>
/// Runs a service of its own: the watch looks at the whole ledger, and other tests spoil parts of theirs on purpose.
/// </summary>
public sealed class WatchingTheLedger : IAsyncLifetime
{
    private readonly InvoicingApp _app = new();

    public ValueTask InitializeAsync() => _app.InitializeAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>I-04: what does not tie is found without anybody asking.</summary>
    [Fact]
    public async Task I04_a_ledger_that_does_not_tie_is_found_by_the_clock()
    {
        var entity = await _app.EntityAsync();
        await _app.Client.IssueAsync(await _app.Client.RegisterAsync(entity));
        await SpoilAsync(1);
        var watch = ActivatorUtilities.CreateInstance<TieOutWatch>(_app.Services);

        // An item and two sums (its own currency and the books') of one entity: one item, one row.
        await Eventually.Passes(async () =>
            (await watch.CheckAsync(TimeSpan.Zero, CancellationToken.None)).ShouldBe(2));
        await SpoilAsync(-1);
        (await watch.CheckAsync(TimeSpan.FromDays(1), CancellationToken.None)).ShouldBe(2);
        await Eventually.Passes(async () =>
            (await watch.CheckAsync(TimeSpan.Zero, CancellationToken.None)).ShouldBe(0));

        async Task SpoilAsync(decimal by)
        {
            await using var command = _app.Store.Database.CreateCommand(
                "update open_items set amount = amount + $2, balance = balance + $2 where legal_entity = $1");
            command.Parameters.Add(new Npgsql.NpgsqlParameter<string> { TypedValue = entity });
            command.Parameters.Add(new Npgsql.NpgsqlParameter<decimal> { TypedValue = by });
            await command.ExecuteNonQueryAsync();
        }
    }
}
