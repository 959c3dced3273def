using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.CashApplication;
using OrderToCash.CashApplication.Integration;
using OrderToCash.Collections;
using OrderToCash.Collections.Integration;
using OrderToCash.Credit;
using OrderToCash.Credit.Integration;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Faults.Stage;
using OrderToCash.Invoicing;
using OrderToCash.Invoicing.Integration;
using OrderToCash.Messaging;

namespace OrderToCash.Faults.Facts;

/// <summary>
/// The messages that the stored events make, by what each service publishes: whatever the relays did, these must have
/// been sent.
/// </summary>
internal static class DueMessages
{
    private const int PageSize = 1_000;

    private static readonly IReadOnlyList<Source> Sources =
    [
        new("invoicing", InvoicingService.Store, InvoicingPublications.Create()),
        new("cash-application", CashApplicationService.AddEvents, CashPublications.Create()),
        new("credit", CreditService.AddEvents, CreditPublications.Create()),
        new("collections", CollectionsService.AddEvents, CollectionsPublications.Create()),
    ];

    /// <summary>Ids of all of them, read from the beginning of every log.</summary>
    public static async Task<IReadOnlySet<Guid>> OfAsync(FaultStage stage)
    {
        var due = new HashSet<Guid>();
        foreach (var source in Sources)
            await AddAsync(source, stage.DatabaseOf(source.Service), due);
        return due;
    }

    private static async Task AddAsync(Source source, string database, HashSet<Guid> due)
    {
        await using var services = new ServiceCollection()
            .AddLogging().AddSingleton(TimeProvider.System).AddEventStore(database, source.Store)
            .BuildServiceProvider();
        var reader = new LogReader(services.GetRequiredService<IEventStoreEngine>(), position: 0);
        await using var connection = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        while (await reader.NextAsync(connection, PageSize, CancellationToken.None) is { Count: > 0 } page)
            due.UnionWith(page.SelectMany(source.Publications.Of).Select(message => message.MessageId));
    }

    private sealed record Source(string Service, Action<EventStoreOptions> Store, Publications Publications);
}
