using System.Data.Common;
using Dapper;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.Presentations;
using OrderToCash.CashApplication.Statements;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// How it stands with what Collections has asked to be presented again: one statement for the list and for the decision
/// on one. Who presents it may name another account: what came back from that one is looked at then
/// (<see cref="DebitStops"/>).
/// </summary>
internal static class PresentationFacts
{
    public const string Columns =
        "id, legal_entity, customer_id, customer_number, currency, state, attempt, asked_on, version, today, asked, " +
        "payable, standing, detail, method, instrument, amount, on_day, pending_id, receipt_id";

    /// <summary>Of a debit or card payment <c>a</c> with its pending payment <c>p</c> and receipt <c>t</c>.</summary>
    private const string IsPaid = "(p.status = 'settled' and t.status is distinct from 'reversed')";

    private const string Attempts =
        "presentation_attempts a join pending_payments p on p.id = a.pending_id " +
        "left join receipts t on t.id = p.receipt_id";

    /// <summary>The customer and those that were merged into it.</summary>
    private const string Company = "array(select w.customer_id union all " +
        "select d.id from customers d where d.parent_id = w.customer_id and d.status = 'merged')";

    /// <summary>True of a hold <c>h</c> of Collections on the customer or on something it owes, as of today.</summary>
    private const string IsHeld = $"h.customer_id = any({Company}) and not h.is_over and h.until >= w.today";

    /// <summary>
    /// The newest word of Collections for each customer and currency, with what was presented last. A newer word that
    /// names other currencies alone says that nothing is to be paid in this one.
    /// </summary>
    private const string Asked = $"""
        select r.id, r.legal_entity, r.customer_id, r.currency, r.state, r.attempt, r.version, r.amount as asked,
            (r.asked_at at time zone e.time_zone)::date as asked_on, (@now at time zone e.time_zone)::date as today,
            coalesce(s.answered, 0) >= r.version as is_answered, s.refused, l.*,
            exists (select 1 from payment_retries n where n.customer_id = r.customer_id and n.version > r.version)
                as is_superseded,
            coalesce(@method::text, l.method, 'ach') as means,
            coalesce(@instrument::text, l.instrument, (
                select coalesce(d.account, t.payer_account) from receipts t
                join returned_payments d on d.receipt_id = t.id
                where t.customer_id = r.customer_id order by d.booking_date desc limit 1)) as means_of
        from payment_retries r
        join legal_entities e on e.code = r.legal_entity
        left join presentations s on s.id = r.id
        left join lateral (
            select a.method, a.instrument, a.amount, a.on_day, a.pending_id, p.receipt_id,
                coalesce(p.reason, case when t.status = 'reversed' then coalesce((
                    select d.code from returned_payments d where d.receipt_id = t.id limit 1), 'taken back') end)
                    as reason,
                p.status = 'pending' as is_under_way, {IsPaid} as is_paid
            from {Attempts} where a.presentation_id = r.id order by a.number desc limit 1) l on true
        """;

    /// <summary>How it stands where that is settled before anything is counted; else null.</summary>
    private const string Settled = $"""
        select case when w.is_answered and w.refused is not null then 'refused'
                when w.is_under_way then 'under-way'
                when w.is_answered and w.is_paid then 'paid'
                when w.is_answered then 'failed'
                when exists (select 1 from overdue_states o
                    where o.customer_id = w.customer_id and o.version > w.version) then 'state-left'
                when w.asked_on < w.today - @mostDays then 'lapsed'
                when w.is_superseded then 'nothing-due'
                when h.kind is not null then 'left-alone' end as standing,
            h.kind
        from (values (1)) one (n)
        left join lateral (
            select h.kind from contact_holds h
            where {IsHeld} and h.invoice_id is null and h.kind <> 'dunning-block' order by h.kind limit 1) h on true
        offset 0
        """;

    /// <summary>
    /// No more than was asked for, and than is past due by now and neither disputed, held back, promised nor about to
    /// be paid, less money of the customer that is there.
    /// </summary>
    private const string Payable = $"""
        least(w.asked,
            coalesce((
                select sum(greatest(0, o.balance - o.disputed - coalesce((
                    select sum(x.settled + x.credited) from allocations x where x.invoice_id = o.invoice_id
                        and x.installment = o.installment and x.status = 'pending'), 0)))
                from open_items o
                where o.customer_id = w.customer_id and o.legal_entity = w.legal_entity and o.currency = w.currency
                    and o.balance > 0 and o.due_date < w.today
                    and not exists (
                        select 1 from contact_holds h where {IsHeld} and h.invoice_id = o.invoice_id
                            and coalesce(h.installment, o.installment) = o.installment)
                    and not exists (
                        select 1 from agreements g cross join lateral jsonb_array_elements(g.items) i
                        where g.customer_id = w.customer_id and g.status in ('open', 'active')
                            and (i ->> 'InvoiceId')::uuid = o.invoice_id
                            and (i ->> 'Installment')::int = o.installment)), 0)
            - coalesce((
                select sum(p.amount) from pending_payments p where p.status = 'pending'
                    and p.customer_id = w.customer_id and p.legal_entity = w.legal_entity
                    and p.currency = w.currency), 0)
            - coalesce((
                select sum(t.unapplied) from receipts t where t.customer_id = w.customer_id
                    and t.legal_entity = w.legal_entity and t.currency = w.currency and t.status <> 'reversed'), 0))
        """;

    /// <summary>
    /// The payment that came back and stops further debits of the customer, or of the account that would be debited,
    /// whoever's receipt it was; each way of finding by itself, by an index of its own.
    /// </summary>
    private const string Stop = $"""
        select d.code, d.booking_date from (
            select r.*, coalesce(r.account, t.payer_account) = w.means_of as is_of_account
            from receipts t join returned_payments r on r.receipt_id = t.id
            where t.customer_id = w.customer_id and t.legal_entity = w.legal_entity
            union all
            select r.*, true from bank_accounts b
            join returned_payments r on r.bank_account = b.code and r.account = w.means_of
            where b.legal_entity = w.legal_entity
            union all
            select r.*, true from bank_accounts b
            join receipts t on t.bank_account = b.code and t.payer_account = w.means_of
            join returned_payments r on r.receipt_id = t.id
            where b.legal_entity = w.legal_entity) d
        where v.standing is null and w.means = 'ach' and ({DebitStops.IsToReview}
            or (d.is_of_account and d.code = any(@ofAccount) and d.reviewed is null and {DebitStops.IsArmed}))
        order by d.booking_date desc limit 1
        """;

    /// <summary>
    /// What did not come of it since the last that did: debits of this account, and tries of any card. The debit that
    /// came back before anything was asked for is the same entry, as often as it was presented by then. What a person
    /// has looked at counts no more.
    /// </summary>
    private const string Used = $"""
        select case when v.standing is null then (
                select count(*) from {Attempts} where a.presentation_id = w.id and a.number > k.number
                and a.method = 'ach' and a.instrument = w.means_of and a.on_day >= w.today - @debitWindow
                and p.status <> 'pending' and not exists (
                    select 1 from returned_payments d where d.receipt_id = t.id and d.reviewed is not null))
            + coalesce((
                select max(greatest(1, {DebitStops.Presentments}))
                from receipts t join returned_payments d on d.receipt_id = t.id
                where t.customer_id = w.customer_id and t.legal_entity = w.legal_entity and t.currency = w.currency
                    and coalesce(d.account, t.payer_account) = w.means_of and d.code = any(@representable)
                    and d.reviewed is null and d.booking_date >= w.today - @debitWindow
                    and d.booking_date > coalesce(k.on_day, '-infinity') and not exists (
                        select 1 from presentation_attempts a join pending_payments p on p.id = a.pending_id
                        where a.presentation_id = w.id and p.receipt_id = t.id)), 0) end as debits,
            case when v.standing is null then (
                select count(*) from {Attempts} where a.presentation_id = w.id and a.number > k.number
                and a.method = 'card' and a.on_day > w.today - @cardWindow and p.status <> 'pending') end as cards
        from (
            select coalesce(max(a.number), 0) as number, max(a.on_day) as on_day
            from {Attempts} where a.presentation_id = w.id and {IsPaid}) k
        """;

    /// <summary>What may be selected from, with <see cref="Columns"/>.</summary>
    public const string Sql = $"""
        (select w.*, c.number as customer_number, coalesce(y.payable, 0) as payable,
            case when not w.is_answered then coalesce(v.kind, b.code || ' on ' || b.booking_date)
                else coalesce(w.refused, w.reason) end as detail,
            case when v.standing is not null then v.standing
                when y.payable <= 0 then 'nothing-due'
                when b.code is not null then 'debits-stopped'
                when exists (select 1 from presentation_attempts f where f.customer_id = w.customer_id
                    and f.instrument = w.means_of and f.is_final) then 'declined-for-good'
                when w.means = 'ach' and u.debits >= @mostPresentments then 'presented-often'
                when w.means = 'card' and u.cards >= @mostCardTries then 'card-tries-used'
                else 'due' end as standing
        from ({Asked}) w
        left join customers c on c.id = w.customer_id
        cross join lateral ({Settled}) v
        cross join lateral (select case when v.standing is null then {Payable} end as payable) y
        left join lateral ({Stop}) b on true
        cross join lateral ({Used}) u) x
        """;

    /// <summary>Adds what the statement needs.</summary>
    /// <param name="parameters">Of the statement.</param>
    /// <param name="now">The clock.</param>
    /// <param name="method">The means of payment that is asked about; null for what was presented last.</param>
    /// <param name="instrument">The account or token that is asked about; null for what was presented last.</param>
    public static void Add(
        DynamicParameters parameters, DateTimeOffset now, string? method = null, string? instrument = null)
    {
        DebitStops.Add(parameters);
        parameters.Add("now", now.UtcDateTime);
        parameters.Add("method", method);
        parameters.Add("instrument", instrument);
        parameters.Add("ofAccount", ReturnReasons.OfAccount);
        parameters.Add("debitWindow", PresentationStanding.DebitWindow);
        parameters.Add("cardWindow", PresentationStanding.CardWindow);
        parameters.Add("mostCardTries", PresentationStanding.MostCardTries);
        parameters.Add("mostDays", PresentationStanding.MostDays);
    }

    /// <summary>One of them, with this means of payment; or null.</summary>
    public static async Task<PresentationRow?> FindAsync(
        DbConnection connection, Guid id, DateTimeOffset now, CancellationToken cancellation, string? method = null,
        string? instrument = null)
    {
        var parameters = new DynamicParameters(new { id });
        Add(parameters, now, method, instrument);
        return await connection.QuerySingleOrDefaultAsync<PresentationRow>(new CommandDefinition(
            $"select {Columns} from {Sql} where id = @id", parameters, cancellationToken: cancellation));
    }
}

/// <summary>A payment to be presented again as it is read.</summary>
internal sealed class PresentationRow
{
    public Guid Id { get; init; }
    public string LegalEntity { get; init; } = "";
    public Guid CustomerId { get; init; }
    public string? CustomerNumber { get; init; }
    public string Currency { get; init; } = "";
    public string State { get; init; } = "";
    public int Attempt { get; init; }
    public DateOnly AskedOn { get; init; }
    public long Version { get; init; }
    public DateOnly Today { get; init; }
    public decimal Asked { get; init; }
    public decimal Payable { get; init; }
    public string Standing { get; init; } = "";
    public string? Detail { get; init; }
    public string? Method { get; init; }
    public string? Instrument { get; init; }
    public decimal? Amount { get; init; }
    public DateOnly? OnDay { get; init; }
    public Guid? PendingId { get; init; }
    public Guid? ReceiptId { get; init; }

    public AskedPresentation ToAsked() => new(
        LegalEntity, CustomerId, State, Attempt, Version, Standing, Detail, Money.Of(Math.Max(0, Payable), Currency));

    public PresentationView ToView() => new(
        Id, LegalEntity, CustomerId, CustomerNumber, PresentationStanding.StatusOf(Standing), Standing,
        PresentationStanding.WordsOf(Standing, Detail), AskedOn, State, Attempt, Money.Of(Asked, Currency),
        Money.Of(Standing == PresentationStanding.Due ? Payable : 0m, Currency),
        Method is null
            ? null
            : new PresentedView(
                Method, ShownAccount.Masked(Instrument!), Money.Of(Amount!.Value, Currency), OnDay!.Value,
                PendingId!.Value, ReceiptId));
}
