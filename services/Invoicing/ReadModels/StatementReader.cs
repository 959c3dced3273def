using Dapper;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.Letterheads;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>For whom and when.</summary>
/// <param name="CustomerId">A customer that is not merged into another; its duplicates are part of it.</param>
/// <param name="Group">With all customers of the same legal entity that are below it.</param>
public sealed record StatementSubject(
    Guid CustomerId, CustomerSnapshot Customer, bool OutstandingOnly, bool Group = false);

/// <summary>Reads what statements say from the ledger: the same few queries for one customer or hundreds.</summary>
public sealed class StatementReader(EventStore store)
{
    /// <summary>These customers, and those that were known to be duplicates of them.</summary>
    private const string Who =
        """
        versions as materialized (
            select distinct on (customer_id) customer_id, merged_into from customer_versions
            where recorded_at <= @knownAt and (customer_id = any(@ids) or customer_id in (
                select customer_id from customer_versions where merged_into = any(@ids)))
            order by customer_id, version desc),
        who as materialized (
            select customer_id, coalesce(merged_into, customer_id) as subject from versions
            where coalesce(merged_into, customer_id) = any(@ids))
        """;

    /// <summary>
    /// The rows of these customers and of the duplicates merged into them, as far as they were known, without
    /// documents that were issued and cancelled within the period: they come to nothing and only confuse. One that an
    /// earlier statement told of is cancelled before the reader's eyes.
    /// </summary>
    private const string Known =
        $"""
        with {Who},
        rows as materialized (
            select w.subject, s.* from subledger_entries s join who w on w.customer_id = s.customer_id
            where s.posting_date <= @to and s.recorded_at <= @knownAt),
        cancelled as (
            select invoice_id from rows group by invoice_id
            having bool_or(kind in ('invoice-voided', 'deposit-voided', 'credit-memo-voided'))
                and min(posting_date) >= @from),
        kept as materialized (
            select * from rows r where not exists (select 1 from cancelled x where x.invoice_id = r.invoice_id))
        """;

    private const string Openings =
        $"""
        {Known}
        select subject, currency, sum(amount) as amount from kept where posting_date < @from
        group by 1, 2 having sum(amount) <> 0
        """;

    /// <summary>
    /// A credit that is applied, a chargeback that takes over what is open, and a due date that moves leave what is
    /// owed as it is; they are no entries. Of what a payment settled its entry in the journal says what was money; the
    /// rest is cash discount, or given up as small.
    /// </summary>
    private const string Entries =
        $"""
        {Known},
        changes as (
            select subject, currency, posting_date as date, recorded_at, event_id, kind, invoice_number as number,
                coalesce(version, 0) as version, sum(amount) as amount
            from kept
            where posting_date >= @from and kind not in ('credit-applied', 'credit-unapplied', 'rescheduled',
                '{PostingKinds.ChargedBack}', '{PostingKinds.ChargebackReversed}')
            group by subject, currency, posting_date, recorded_at, event_id, kind, invoice_id, invoice_number, version
            having sum(amount) <> 0)
        select c.*, coalesce(p.money, c.amount) as money, coalesce(p.small, 0) as small
        from changes c
        left join lateral (
            select sum(l.credit - l.debit) filter (where l.role = '{AccountRoles.UnappliedCash}') as money,
                sum(l.credit - l.debit) filter (where l.role = '{AccountRoles.SmallDifference}') as small
            from journal_lines l where l.entry_id = c.event_id) p
            on c.kind in ('{PostingKinds.PaymentApplied}', '{PostingKinds.PaymentReversed}')
        """;

    private const string Items =
        $"""
        {Known},
        issued as (
            select invoice_id, installment, sum(amount) as amount from kept
            where kind like '%-issued' or (kind = '{PostingKinds.ChargedBack}' and amount > 0) group by 1, 2)
        select k.subject, k.currency, k.invoice_number as number, k.installment,
            min(coalesce(k.document_date, k.posting_date)) as document_date, k.due_date,
            coalesce(max(i.amount), 0) as issued, sum(k.amount) as open
        from kept k left join issued i on i.invoice_id = k.invoice_id and i.installment = k.installment
        group by k.subject, k.currency, k.invoice_id, k.invoice_number, k.installment, k.due_date
        having sum(k.amount) <> 0
        """;

    /// <summary>
    /// What is left of the customers' receipts, by both journals. A receipt is its payer's, whoever owes what it pays:
    /// a parent may pay for its subsidiary.
    /// </summary>
    private const string Cash =
        $"""
        with {Who},
        received as materialized (
            select w.subject, e.entry_id, e.source_id from who w
            join received_journal_entries e on e.customer_id = w.customer_id
            where e.posting_date <= @to and e.recorded_at <= @knownAt),
        receipts as materialized (
            select distinct on (e.source_id) e.source_id, e.legal_entity, e.customer_id from received_journal_entries e
            where e.source_id in (select source_id from received) and e.customer_id is not null
                and e.recorded_at <= @knownAt
            order by e.source_id, e.recorded_at desc, e.entry_id desc),
        money as (
            select r.subject, l.currency, l.credit - l.debit as amount from received r
            join received_journal_lines l on l.entry_id = r.entry_id and l.role = 'unapplied-cash'
            union all
            select w.subject, l.currency, l.credit - l.debit from receipts r
            join who w on w.customer_id = r.customer_id
            join journal_entries e on e.receipt_id = r.source_id and e.legal_entity = r.legal_entity
                and e.posting_date <= @to and e.recorded_at <= @knownAt
            join journal_lines l on l.entry_id = e.entry_id and l.role = 'unapplied-cash')
        select subject, currency, sum(amount) as amount from money group by 1, 2 having sum(amount) <> 0
        """;

    /// <summary>Larger ones are told in parts: the statements of those who are at the head of each.</summary>
    public const int MaxMembers = 500;

    /// <summary>
    /// Those who belonged to the groups of these customers, as it was known; who was a duplicate is part of its
    /// survivor, and what was below it is below that. As many as a group may have, and one more.
    /// </summary>
    private const string Below =
        """
        with recursive below (head, customer_id, name) as (
            select h, h, ''::text from unnest(@heads) h
            union
            select b.head, k.customer_id, k.name from below b
            cross join lateral (
                select distinct v.customer_id from customer_versions v
                where v.recorded_at <= @knownAt and (v.parent_id = b.customer_id or v.parent_id in (
                    select d.customer_id from customer_versions d where d.merged_into = b.customer_id))) child
            cross join lateral (
                select v.customer_id, v.name, v.parent_id, v.merged_into from customer_versions v
                where v.customer_id = child.customer_id and v.recorded_at <= @knownAt
                order by v.version desc limit 1) k
            cross join lateral (
                select v.customer_id, v.merged_into from customer_versions v
                where v.customer_id = k.parent_id and v.recorded_at <= @knownAt
                order by v.version desc limit 1) p
            where k.merged_into is null and b.customer_id in (p.customer_id, p.merged_into))
        select b.head, b.customer_id, c.number, b.name from below b
        join customers h on h.customer_id = b.head
        join customers c on c.customer_id = b.customer_id and c.legal_entity = h.legal_entity
        where b.customer_id <> b.head order by b.head, c.number limit @limit
        """;

    /// <summary>What statements of these customers say, in the order of the customers.</summary>
    /// <exception cref="GroupTooLargeException">A group has more customers than fit on one statement.</exception>
    public async Task<IReadOnlyList<StatementContent>> ReadAsync(
        IReadOnlyList<StatementSubject> subjects, DateOnly from, DateOnly to, DateTimeOffset knownAt,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(subjects);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var members = await MembersAsync(
            connection, [.. subjects.Where(subject => subject.Group).Select(subject => subject.CustomerId)], knownAt,
            cancellation);
        var parameters = new
        {
            ids = subjects.Select(subject => subject.CustomerId)
                .Concat(members.SelectMany(group => group.Select(member => member.CustomerId))).Distinct().ToArray(),
            from,
            to,
            knownAt = knownAt.ToUniversalTime(),
        };
        var openings = await QueryAsync<Opening>(connection, Openings, parameters, row => row.Subject, cancellation);
        var entries = await QueryAsync<Entry>(connection, Entries, parameters, row => row.Subject, cancellation);
        var items = await QueryAsync<Item>(connection, Items, parameters, row => row.Subject, cancellation);
        var cash = await QueryAsync<Opening>(connection, Cash, parameters, row => row.Subject, cancellation);
        return [.. subjects.Select(subject => ContentOf(subject))];

        StatementContent ContentOf(StatementSubject subject)
        {
            var customer = subject.Customer;
            var own = AccountsOf(subject.CustomerId, subject.OutstandingOnly);
            List<StatementMember>? group = !subject.Group ? null :
            [
                new StatementMember(subject.CustomerId, customer.Number, customer.Name, own),
                .. members[subject.CustomerId].Select(member => new StatementMember(
                    member.CustomerId, member.Number, member.Name,
                    AccountsOf(member.CustomerId, subject.OutstandingOnly))),
            ];
            return new StatementContent(
                subject.CustomerId, customer.Number, customer.Name, customer.LegalEntity, customer.Language, from, to,
                knownAt, subject.OutstandingOnly,
                group is null ? own : StatementRows.Together(group.SelectMany(member => member.Accounts)), group);
        }

        IReadOnlyList<StatementAccount> AccountsOf(Guid customerId, bool outstandingOnly) => StatementRows.Accounts(
            to, outstandingOnly,
            [.. openings[customerId].Select(row => new OpeningRow(row.Currency, row.Amount))],
            [.. entries[customerId].SelectMany(row => row.Values)], [.. items[customerId].Select(row => row.Value)],
            [.. cash[customerId].Select(row => new CashRow(row.Currency, row.Amount))]);
    }

    private static async Task<ILookup<Guid, Member>> MembersAsync(
        NpgsqlConnection connection, Guid[] heads, DateTimeOffset knownAt, CancellationToken cancellation)
    {
        if (heads.Length == 0)
            return Array.Empty<Member>().ToLookup(member => member.Head);
        var parameters = new
        {
            heads,
            knownAt = knownAt.ToUniversalTime(),
            limit = (heads.Length * MaxMembers) + 1,
        };
        var members = await QueryAsync<Member>(connection, Below, parameters, member => member.Head, cancellation);
        return members.FirstOrDefault(group => group.Count() > MaxMembers) is { } large
            ? throw new GroupTooLargeException(large.Key)
            : members;
    }

    /// <summary>
    /// The letterhead as it was known at a moment; without one, name and nothing else. With the country of the entity.
    /// </summary>
    public async Task<(LetterheadDefined Letterhead, string Country)> LetterheadAsync(
        string legalEntity, DateTimeOffset knownAt, CancellationToken cancellation)
    {
        var letterhead = await KnownAsync(
            LetterheadStream.Type, LetterheadStream.Id(legalEntity), knownAt, cancellation);
        var entity = (await KnownAsync(
            LegalEntityStream.Type, LegalEntityStream.Id(legalEntity), knownAt, cancellation)).Definition;
        return (letterhead.Definition ?? new LetterheadDefined(
            legalEntity, entity?.Name ?? legalEntity, new PostalAddress()), entity?.Country ?? "");
    }

    /// <summary>A stream as it was known at a moment.</summary>
    public async Task<TState> KnownAsync<TState>(
        StreamType<TState> type, Guid id, DateTimeOffset knownAt, CancellationToken cancellation)
        where TState : class
    {
        ArgumentNullException.ThrowIfNull(type);
        var history = await store.HistoryAsync(id, cancellation);
        return history.Where(e => e.At <= knownAt).Aggregate(type.Initial, (state, e) => type.Evolve(state, e.Data));
    }

    private static async Task<ILookup<Guid, T>> QueryAsync<T>(
        NpgsqlConnection connection, string sql, object parameters, Func<T, Guid> subject,
        CancellationToken cancellation) =>
        (await connection.QueryAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: cancellation)))
        .ToLookup(subject);

    private sealed class Opening
    {
        public Guid Subject { get; init; }
        public required string Currency { get; init; }
        public decimal Amount { get; init; }
    }

    private sealed class Member
    {
        public Guid Head { get; init; }
        public Guid CustomerId { get; init; }
        public required string Number { get; init; }
        public required string Name { get; init; }
    }

    private sealed class Entry
    {
        public Guid Subject { get; init; }
        public required string Currency { get; init; }
        public DateOnly Date { get; init; }
        public DateTime RecordedAt { get; init; }
        public Guid EventId { get; init; }
        public required string Kind { get; init; }
        public required string Number { get; init; }
        public long Version { get; init; }
        public decimal Amount { get; init; }
        public decimal Money { get; init; }
        public decimal Small { get; init; }

        public IEnumerable<EntryRow> Values =>
            from part in new[]
            {
                (Kind, Amount: Money), (Kind: AccountRoles.CashDiscount, Amount: Amount - Money - Small),
                (Kind: AccountRoles.SmallDifference, Amount: Small),
            }
            where part.Amount != 0
            select new EntryRow(
                Currency, Date, new DateTimeOffset(RecordedAt), EventId, part.Kind, Number, part.Amount, Version);
    }

    private sealed class Item
    {
        public Guid Subject { get; init; }
        public required string Currency { get; init; }
        public required string Number { get; init; }
        public int Installment { get; init; }
        public DateOnly DocumentDate { get; init; }
        public DateOnly DueDate { get; init; }
        public decimal Issued { get; init; }
        public decimal Open { get; init; }

        public ItemRow Value => new(Currency, Number, Installment, DocumentDate, DueDate, Issued, Open);
    }
}

/// <summary>A group has more customers than fit on one statement.</summary>
public sealed class GroupTooLargeException(Guid customerId) : Exception(
    $"The group of customer {customerId} has more than {StatementReader.MaxMembers} customers below it.");
