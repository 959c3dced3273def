using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Integration;
using OrderToCash.Documents;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Notices;

/// <summary>
/// Sends what runs have prepared. It follows the log, so one instance sends at a time, a commit wakes it at once, and
/// after a crash it goes on where it was: a notice that is still prepared is sent (again) with the same Message-ID.
/// </summary>
public sealed class NoticeSender(EventSourcing.EventStore store, Mailer mailer, TimeProvider clock) : ISubscription
{
    /// <summary>Mail servers answer in tens of milliseconds; a few mails at once hide that.</summary>
    private const int AtOnce = 4;

    private const string Collectible =
        $"select {ItemFactsSql.Columns} from open_items i {ItemFactsSql.Joins} where i.invoice_id = any($1)";

    /// <inheritdoc/>
    public string Name => "NoticeSender:All";

    /// <inheritdoc/>
    public int PageSize => 100;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        await Parallel.ForEachAsync(
            events.Where(e => e.Data is NoticePrepared),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (prepared, token) => await SendAsync(prepared, token));
        return [];
    }

    /// <summary>
    /// Balances are read, the mail is sent and its outcome is appended in one transaction, under the locks of the
    /// invoices it names: nothing that pays one of them can commit in between.
    /// </summary>
    private async Task SendAsync(StoredEvent prepared, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var items = ((NoticePrepared)prepared.Data).Content.Items;
        await LockAsync(connection, [.. items.Select(item => item.InvoiceId).Distinct()], cancellation);
        var loaded = await store.LoadAsync(NoticeStream.Type, prepared.StreamId, cancellation);
        if (loaded.Version != prepared.Version || loaded.State.Status != NoticeStatus.Prepared)
            return;
        var decision = await DecideAsync(connection, loaded.State, clock.GetUtcNow() - prepared.At, cancellation);
        var batch = new WriteBatch(Metadata(prepared))
            .Append(NoticeStream.Type, prepared.StreamId, loaded.Version, decision.Events);
        var result = await store.CommitAsync(batch, connection, cancellation);
        if (!result.IsCommitted)
        {
            // The mail may be out. Left as it is the notice would stay prepared for ever and block all that follow, so
            // the page is gone through again: a notice that another has settled is passed over then.
            throw new InvalidOperationException(
                $"The outcome of notice {prepared.StreamId} was not kept: {result.Status} {result.Constraint}");
        }

        await transaction.CommitAsync(cancellation);
        store.Announce();
    }

    private async Task<Decision> DecideAsync(
        NpgsqlConnection connection, Notice notice, TimeSpan age, CancellationToken cancellation)
    {
        var collectible = await CollectibleAsync(connection, notice, cancellation);
        if (NoticeDecider.Overtaken(notice, age, Left) is { } reason)
            return NoticeDecider.Withdraw(notice, reason);
        return await mailer.SendAsync(Outgoing(notice.Prepared!.Mail), cancellation) is { } failure
            ? NoticeDecider.Failed(notice, failure)
            : NoticeDecider.Sent(notice);

        Money? Left(Guid invoice, int installment) =>
            collectible.TryGetValue((invoice, installment), out var left) ? left : null;
    }

    private static async Task LockAsync(NpgsqlConnection connection, Guid[] invoices, CancellationToken cancellation)
    {
        await using var batch = connection.CreateBatch();

        // Everyone takes several locks in the order of their keys, so nobody waits in a circle.
        foreach (var invoice in invoices.OrderBy(InvoiceLock.Key))
            batch.BatchCommands.Add(InvoiceLock.Take(invoice));
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<Dictionary<(Guid, int), Money>> CollectibleAsync(
        NpgsqlConnection connection, Notice notice, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Collectible, connection);
        command.Parameters.Add(new NpgsqlParameter<Guid[]>
        {
            TypedValue = [.. notice.Prepared!.Content.Items.Select(item => item.InvoiceId)],
        });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var collectible = new Dictionary<(Guid, int), Money>();
        while (await reader.ReadAsync(cancellation))
        {
            var item = ItemFactsSql.Read(reader);
            collectible[(item.InvoiceId, item.Installment)] = item.Collectible;
        }

        return collectible;
    }

    private static OutgoingMail Outgoing(NoticeMail mail) => new(
        mail.MessageId, mail.To, mail.ToName, mail.FromName, mail.Language, mail.Subject, mail.Text, mail.Html);

    private static EventMetadata Metadata(StoredEvent prepared) => new(
        CollectionsService.Name, prepared.Metadata.CorrelationId, prepared.Id.ToString(),
        TraceParent: prepared.Metadata.TraceParent);
}
