using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;

namespace OrderToCash.Invoicing.PersonalData;

/// <summary>
/// Opens contacts in events as they are read from the store, for states, messages and rebuilt read models alike. What
/// is written is sealed already.
/// </summary>
public sealed class OpeningEngine(IEventStoreEngine engine) : IEventStoreEngine
{
    /// <inheritdoc/>
    public Task<CommitResult> CommitAsync(WriteBatch batch, CancellationToken cancellation) =>
        engine.CommitAsync(batch, cancellation);

    /// <inheritdoc/>
    public Task<CommitResult> CommitAsync(
        WriteBatch batch, NpgsqlConnection connection, CancellationToken cancellation) =>
        engine.CommitAsync(batch, connection, cancellation);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StoredEvent>> ReadStreamAsync(
        NpgsqlConnection connection, Guid streamId, long aboveVersion, int? limit, CancellationToken cancellation)
    {
        var events = await engine.ReadStreamAsync(connection, streamId, aboveVersion, limit, cancellation);
        await OpenAsync(events, connection, cancellation);
        return events;
    }

    /// <inheritdoc/>
    public async Task<LogPage> ReadLogAsync(
        NpgsqlConnection connection, long abovePosition, int limit, string[]? passOver,
        CancellationToken cancellation)
    {
        var page = await engine.ReadLogAsync(connection, abovePosition, limit, passOver, cancellation);
        await OpenAsync(page.Events, connection, cancellation);
        return page;
    }

    private static Task OpenAsync(
        IReadOnlyList<StoredEvent> events, NpgsqlConnection connection, CancellationToken cancellation) =>
        ContactKeys.OpenAsync(
            [.. events.Select(e => e.Data switch
            {
                CustomerRegistered registered => registered.Contacts,
                ICustomerChange changed => changed.After.Contacts,
                _ => null,
            }).OfType<IReadOnlyList<Contact>>()],
            connection, cancellation);
}
