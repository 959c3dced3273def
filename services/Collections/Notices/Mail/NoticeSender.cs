using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Integration;
using OrderToCash.Collections.Notices.Messages;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.Collections.Tasks;
using OrderToCash.Documents;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Kernel;
using static System.FormattableString;

namespace OrderToCash.Collections.Notices.Mail;

/// <summary>
/// Sends what runs have prepared. It follows the log, so one instance sends at a time, a commit wakes it at once, and
/// after a crash it goes on where it was: a notice that is still prepared is sent (again) with the same Message-ID.
/// </summary>
public sealed class NoticeSender(
    EventSourcing.EventStore store, Mailer mailer, Messenger messenger, PdfPrinter printer, WorkHandover work,
    PolicyBook policies, TimeProvider clock) : ISubscription
{
    private const string Pdf = "application/pdf";

    private const string Items =
        $"select {ItemFactsSql.Columns} from open_items i {ItemFactsSql.Joins} " +
        "where i.invoice_id = any($1) and i.customer_id = $2";

    private readonly NoticeCopies _copies = new(mailer, clock);

    /// <inheritdoc/>
    public string Name => "NoticeSender:All";

    /// <inheritdoc/>
    public int PageSize => 100;

    /// <inheritdoc/>
    public IReadOnlyCollection<Type> Events { get; } =
        [typeof(NoticePrepared), typeof(ReminderFeeNamed), typeof(NoticeTakenUp)];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        await MailRetries.EachAsync(events.Where(IsToSend), next => SendAsync(next, cancellation));
        return [];
    }

    /// <summary>
    /// Where a notice names a fee, that is the last word of it: at the one before it is passed over by its version.
    /// </summary>
    private static bool IsToSend(StoredEvent e) => e.Data is NoticePrepared or ReminderFeeNamed or NoticeTakenUp;

    /// <summary>
    /// Balances, holds, the playbook, money in the bank and the rules of contact are read, the mail is sent and its
    /// outcome is added in one transaction, under the locks of the invoices it names and of the customer: nothing that
    /// pays one of them, no hold, and nobody else who makes contact, can commit in between. What it carries is printed
    /// before that. Nothing is written while it waits at its place for the mail server.
    /// </summary>
    private async Task SendAsync(StoredEvent next, CancellationToken cancellation)
    {
        var known = await store.LoadAsync(NoticeStream.Type, next.StreamId, cancellation);
        if (known.Version != next.Version
            || known.State is not { Status: NoticeStatus.Prepared, Prepared: { } prepared })
            return;
        var preparedAt = known.State.PreparedAt ?? next.At;
        var file = await PrintAsync(prepared, preparedAt, cancellation);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await LockAsync(connection, prepared.Content, cancellation);
        var loaded = await store.LoadAsync(NoticeStream.Type, next.StreamId, cancellation);
        if (loaded.Version != next.Version || loaded.State.Status != NoticeStatus.Prepared)
            return;
        var batch = new WriteBatch(Metadata(next))
            .Row(ReviewQueue.Request(clock.GetUtcNow(), prepared.Content.CustomerId));
        var outcome = await SettleAsync(
            connection, batch, new Sending(next, preparedAt, loaded.State, file), cancellation);
        batch.Append(NoticeStream.Type, next.StreamId, loaded.Version, outcome.Events);

        // The mail may be out: what became of it is kept even when this instance is asked to stop meanwhile.
        var result = await store.CommitAsync(batch, connection, CancellationToken.None);
        if (!result.IsCommitted)
        {
            // Left as it is the notice would stay prepared for ever and block all that follow, so the page is gone
            // through again: a notice that another has settled is passed over then.
            throw new InvalidOperationException(
                $"The outcome of notice {next.StreamId} was not kept: {result.Status} {result.Constraint}");
        }

        await transaction.CommitAsync(CancellationToken.None);
        store.Announce(batch);
    }

    /// <summary>
    /// What becomes of the notice; what that is to the rules of contact is added to the batch.
    /// </summary>
    private async Task<Decision> SettleAsync(
        NpgsqlConnection connection, WriteBatch batch, Sending sending, CancellationToken cancellation)
    {
        var notice = sending.Notice;
        var content = notice.Prepared!.Content;
        var items = await ItemsAsync(connection, content, cancellation);
        var cash = await CashAsync(connection, content.CustomerId, cancellation);
        var policy = await policies.InForceAsync(content.LegalEntity, cancellation);
        var (customer, moment) = await MomentAsync(connection, content, policy, cancellation);
        if (customer.IsMerged)
            return NoticeDecider.Withdraw(notice, "customer-merged");
        var choice = await ChoiceAsync(connection, customer.Id, cancellation);
        if (choice.IsNone(policy, clock.Today(customer.EntityZone)))
            return NoticeDecider.Withdraw(notice, Blocks.NoPlaybook);
        var age = clock.GetUtcNow() - sending.PreparedAt;
        if (NoticeDecider.Overtaken(
            notice, age, (invoice, installment) => items.GetValueOrDefault((invoice, installment)), cash,
            moment.Holds) is { } reason)
            return NoticeDecider.Withdraw(notice, reason);
        if (content.Channel.IsWork())
            return await work.SendAsync(batch, sending.Id, notice, moment.Holds, cancellation);
        var (profile, stream, version) = await CompanyProfile.LoadAsync(store, customer, cancellation);

        // A letter counts as contact when it is posted.
        if (content.Channel == NoticeChannel.Letter && ContactDecider.Suppress(profile, moment) is null)
            return NoticeDecider.Queue(notice);
        var contact = ContactDecider.Attempt(profile, moment, sending.Id);
        if (contact.Events is [ContactSuppressed no])
        {
            batch.Append(ContactProfileStream.Type, stream, version, contact.Events);
            return NoticeDecider.KeepBack(notice, no.Rule, no.Until, sending.PreparedAt);
        }

        if (sending.File.Fault is { } unprinted)
            return NoticeDecider.Failed(notice, unprinted);
        using var time = new CancellationTokenSource(NoticeCopies.Patience, clock);
        if (await HandOverAsync(sending, cancellation) is not { } failure)
        {
            var after = contact.Events.Aggregate(profile, ContactProfile.Evolve);
            var copies = await _copies.SendAsync(
                sending.Id, notice, customer, after, moment, sending.File.Attachment, time.Token);
            batch.Append(ContactProfileStream.Type, stream, version, [.. contact.Events, .. copies.Contacts]);
            foreach (var point in copies.Failed)
                Repair(batch, point, sending.Id, clock.Today(customer.EntityZone));
            return NoticeDecider.Sent(notice, copies.Outcomes);
        }

        if (failure.IsOfAddress)
        {
            FailAddress(
                batch, new(profile, version), moment.Point, failure.Reason, sending.Id,
                clock.Today(customer.EntityZone));
        }

        return NoticeDecider.NotTaken(
            notice, failure.Reason,
            MailRetries.NextInLog(failure, notice.TimesNotTaken, sending.Wanted.At, clock.GetUtcNow()),
            sending.PreparedAt);
    }

    /// <summary>Null when the mail server, or the provider of messages, has taken it; else why not.</summary>
    private Task<MailFailure?> HandOverAsync(Sending sending, CancellationToken cancellation)
    {
        var prepared = sending.Notice.Prepared!;
        return prepared.Message is { } message
            ? messenger.SendAsync(sending.Id, prepared.Content, message, cancellation)
            : mailer.SendAsync(Outgoing(prepared.Mail!, sending.File.Attachment), cancellation);
    }

    /// <summary>Nothing more goes to it: the next run writes to somebody else, and a task says so at once.</summary>
    private void FailAddress(
        WriteBatch batch, Loaded<ContactProfile> profile, ContactPoint point, string detail, Guid noticeId,
        DateOnly today)
    {
        var failed = ContactDecider.Fail(profile.State, new AddressFailed(point, detail, noticeId));
        if (failed.Events.Count == 0)
            return;
        batch.Append(
            ContactProfileStream.Type, ContactProfileStream.Id(point.CustomerId), profile.Version, failed.Events);
        Repair(batch, point, noticeId, today);
    }

    private void Repair(WriteBatch batch, ContactPoint point, Guid noticeId, DateOnly today) => batch.Append(
        CollectionTaskStream.Type, Ids.Next(clock), 0, [TaskDecider.Repair(point, noticeId, today)]);

    /// <summary>The customer, and the moment of contact with it.</summary>
    private async Task<(ContactableCustomer Customer, ContactMoment Moment)> MomentAsync(
        NpgsqlConnection connection, NoticeContent content, CollectionPolicyDefined policy,
        CancellationToken cancellation)
    {
        // Whoever has a notice is known here: customers are never taken out of the replica.
        var customer = (await ContactBook.FindAsync(connection, content.CustomerId, cancellation))!;
        var rules = policy.ContactIn(customer.Country);
        var channel = content.Channel.AsContact() ?? ContactChannel.Email;
        var to = channel == ContactChannel.Letter ? null : content.To;
        var moment = customer.Moment(channel, to, null, rules, clock.GetUtcNow());
        return (customer, moment with { InvoiceIds = content.InvoiceIds });
    }

    private static async Task LockAsync(
        NpgsqlConnection connection, NoticeContent content, CancellationToken cancellation)
    {
        var customer = (await ContactBook.FindAsync(connection, content.CustomerId, cancellation))!;
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(Locks.Invoice.TakeAll(InvoicesOf(content)));
        batch.BatchCommands.Add(Locks.Contact.TakeAll(customer.Company));
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<Dictionary<(Guid, int), ItemFacts>> ItemsAsync(
        NpgsqlConnection connection, NoticeContent content, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Items, connection);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. InvoicesOf(content)] });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = content.CustomerId });
        return (await command.ReadAsync(ItemFactsSql.Read, cancellation))
            .ToDictionary(item => (item.InvoiceId, item.Installment));
    }

    /// <summary>What it asks for, and what it names beside that.</summary>
    private static IEnumerable<Guid> InvoicesOf(NoticeContent content) => content.Items.Select(item => item.InvoiceId)
        .Concat((content.Beside ?? []).Select(item => item.InvoiceId)).Distinct();

    private static async Task<PlaybookChoice> ChoiceAsync(
        NpgsqlConnection connection, Guid customerId, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(PlaybookChoice.OfCustomers, connection);
        return (await PlaybookChoice.ReadAsync(command, [customerId], cancellation))[customerId];
    }

    private static async Task<CustomerCash> CashAsync(
        NpgsqlConnection connection, Guid customerId, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(CustomerCash.OfCustomers, connection);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [customerId] });
        return (await CustomerCash.ReadAsync(command, cancellation))
            .GetValueOrDefault(customerId, CustomerCash.None);
    }

    /// <summary>The letter that a mail carries. Where nothing can be printed the next run tries again.</summary>
    private async Task<PrintedFile> PrintAsync(
        NoticePrepared prepared, DateTimeOffset at, CancellationToken cancellation)
    {
        if (prepared is not { Mail: not null, Letter: { } letter, Content.Date: var date })
            return new PrintedFile(null, null);
        try
        {
            var pdf = await printer.PrintAsync(letter.Page, at, cancellation);
            return new PrintedFile(new MailAttachment(Invariant($"notice-{date:yyyy-MM-dd}.pdf"), Pdf, pdf), null);
        }
        catch (PrintException unprinted)
        {
            return new PrintedFile(null, unprinted.Message);
        }
    }

    internal static OutgoingMail Outgoing(NoticeMail mail, MailAttachment? file) => new(
        mail.MessageId, mail.To, mail.ToName, mail.FromName, mail.Language, mail.Subject, mail.Text, mail.Html,
        file is null ? null : [file], mail.OptOut, mail.ReplyTo);

    private static EventMetadata Metadata(StoredEvent cause) => new(
        CollectionsService.Name, cause.Metadata.CorrelationId, cause.Id.ToString(),
        TraceParent: cause.Metadata.TraceParent);

    /// <summary>A notice on its way.</summary>
    private sealed record Sending(StoredEvent Wanted, DateTimeOffset PreparedAt, Notice Notice, PrintedFile File)
    {
        public Guid Id => Wanted.StreamId;
    }

    /// <summary>What a mail carries, or why it could not be printed; neither where it carries nothing.</summary>
    private sealed record PrintedFile(MailAttachment? Attachment, string? Fault);
}
