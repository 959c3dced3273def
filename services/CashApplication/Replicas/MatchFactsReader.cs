using System.Text.Json;
using Dapper;
using Npgsql;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Replicas;

/// <summary>
/// Finds what could explain payments: the same few queries for one payment or for a whole statement. First what the
/// payments point to by references, amounts, accounts and names; then the customers behind that; and only for payments
/// that are not explained by then, the open items and agreements of whoever may have paid them.
/// </summary>
public static class MatchFactsReader
{
    /// <summary>More open items of one customer are not looked at.</summary>
    private const int MostItemsOfOne = 20_000;

    /// <summary>More open credit memos of one customer are not looked at.</summary>
    private const int MostCreditsOfOne = 1_000;

    /// <summary>More advices of one amount are not looked at, but for those with a reference of the payment.</summary>
    private const int MostAdvicesOfOneAmount = 50;

    private const int MostAdvices = 5_000;

    /// <summary>What was coded before the last so many deductions of a customer tells nothing any more.</summary>
    private const int MostCodingsOfOne = 100;

    /// <summary>More rules about texts that begin with a word of the payments are not looked at.</summary>
    private const int MostTextRules = 20_000;

    /// <summary>What of an item is promised to allocations that Invoicing has not answered for.</summary>
    private const string Promised =
        "coalesce((select sum(p.settled + p.credited) from allocations p where p.status = 'pending' " +
        "and p.invoice_id = i.invoice_id and p.installment = i.installment), 0)";

    private const string ItemColumns =
        "i.invoice_id, i.installment, i.invoice_number, i.customer_id, i.due_date, i.discount_until, " +
        "i.discount_rate, i.unearned_until, i.unearned_left, i.disputed > 0 as disputed, i.late_charge, i.charge, " +
        "i.terms, i.purchase_order, i.order_reference, i.external_number, i.amount, i.net, " +
        $"greatest(0, i.balance - {Promised}) as available";

    /// <summary>
    /// Every key is looked up by itself (what is laterally joined and has an offset is not flattened): of thousands the
    /// planner would rather read all items. By amount alone three of each are enough to tell a rival: those of which
    /// nothing is promised, else what is promised to others hides what is free. They are read in the order of an index
    /// until there are three.
    /// </summary>
    private const string Items = $"""
        with hits as (
            select h.* from unnest(@compactKeys) k (key) cross join lateral (
                select invoice_id, installment from open_items where compact_key = k.key
                    and legal_entity = @legalEntity and currency = @currency offset 0) h
            union
            select h.* from unnest(@looseKeys) k (key) cross join lateral (
                select invoice_id, installment from open_items where loose_key = k.key
                    and legal_entity = @legalEntity and currency = @currency offset 0) h
            union
            select h.* from unnest(@compactKeys) k (key) cross join lateral (
                select invoice_id, installment from open_items where purchase_order_key = k.key
                    and legal_entity = @legalEntity and currency = @currency and balance > 0 offset 0) h
            union
            select h.* from unnest(@compactKeys) k (key) cross join lateral (
                select invoice_id, installment from open_items where order_reference_key = k.key
                    and legal_entity = @legalEntity and currency = @currency and balance > 0 offset 0) h
            union
            select h.* from unnest(@compactKeys) k (key) cross join lateral (
                select invoice_id, installment from open_items where external_number_key = k.key
                    and legal_entity = @legalEntity and currency = @currency and balance > 0 offset 0) h
            union
            select h.* from unnest(@amounts) a cross join lateral (
                select i.invoice_id, i.installment from open_items i
                where i.legal_entity = @legalEntity and i.currency = @currency and i.balance > 0 and i.balance = a
                    and {NotPromised}
                order by i.due_date, i.invoice_number, i.installment limit 3) h
            union
            select h.* from unnest(@amounts) a cross join lateral (
                select i.invoice_id, i.installment from open_items i
                where i.legal_entity = @legalEntity and i.currency = @currency and i.discounted = a
                    and {NotPromised}
                order by i.due_date, i.invoice_number, i.installment limit 3) h
        )
        select {ItemColumns} from hits h cross join lateral (
            select * from open_items o where o.invoice_id = h.invoice_id and o.installment = h.installment offset 0) i
        """;

    private const string NotPromised =
        "not exists (select 1 from allocations p where p.status = 'pending' " +
        "and p.invoice_id = i.invoice_id and p.installment = i.installment offset 0)";

    private const string CreditColumns =
        "m.credit_memo_id, m.number, m.customer_id, m.invoice_id, greatest(0, m.open - coalesce((" +
        "select sum(c.amount) from allocation_credits c join allocations p using (allocation_id) " +
        "where c.credit_memo_id = m.credit_memo_id and p.status = 'pending'), 0)) as available";

    private const string NamedCredits =
        $"select {CreditColumns} from credit_memos m where m.legal_entity = @legalEntity " +
        "and m.currency = @currency and m.open > 0 " +
        "and (m.compact_key = any(@compactCreditKeys) or m.loose_key = any(@looseCreditKeys))";

    private const string OpenCreditsOf =
        $"select {CreditColumns} from unnest(@customers) c (id) cross join lateral (" +
        "select * from credit_memos o where o.customer_id = c.id and o.open > 0 and o.legal_entity = @legalEntity " +
        "and o.currency = @currency order by o.credit_date, o.number limit @mostCreditsOfOne) m";

    /// <summary>
    /// The number of an account alone, in a profile or as it was learned before its bank was, tells nothing of an
    /// account whose bank is told once it is known of which bank's account of the customer it is.
    /// </summary>
    private const string Pointers = """
        select id from customers where legal_entity = @legalEntity
            and (compact_key = any(@compactKeys) or loose_key = any(@looseKeys));
        select trait, key, customer_id, trait = 'account' and key = any(@numbers) and (
            exists (select 1 from payer_memory b where b.customer_id = k.customer_id and b.trait = 'account'
                and not b.forgotten and right(b.key, length(k.key) + 1) = '/' || k.key)
            or exists (select 1 from profile_traits b where b.customer_id = k.customer_id and b.trait = 'account'
                and right(b.key, length(k.key) + 1) = '/' || k.key)) as is_of_known_bank
        from (
            select trait, key, customer_id from payer_memory where legal_entity = @legalEntity and not forgotten
                and ((trait = 'account' and key = any(@accounts)) or (trait = 'alias' and key = any(@names)))
            union
            select trait, key, customer_id from profile_traits where legal_entity = @legalEntity
                and ((trait = 'account' and key = any(@accounts)) or (trait = 'alias' and key = any(@names)))) k;
        select key, customer_id from profile_traits where legal_entity = @legalEntity and trait = 'text'
            and split_part(key, ' ', 1) = any(@words) order by length(key) desc, key, customer_id limit @mostTextRules;
        select b.key, h.customer_id from unnest(@blocks) b (key) cross join lateral (
            select customer_id from customer_name_keys k where k.legal_entity = @legalEntity and k.key = b.key
            limit @mostOfOneKey) h;
        select name from legal_entities where code <> @legalEntity
        """;

    /// <summary>
    /// Those with a reference of the payments and those of their receipts first; of those that only have an amount the
    /// newest of each: no heap of advices whose money never came hides one whose money is here.
    /// </summary>
    private const string Advices = """
        select id, customer_id, receipt_id, advice::text from (
            select * from (
                select id, customer_id, receipt_id, advice, received_at, 0 as rank from remittances
                where legal_entity = @legalEntity and currency = @currency and (receipt_id = any(@receipts)
                    or (status = 'waiting' and reference_key = any(@references)))
                union all
                select m.id, m.customer_id, m.receipt_id, m.advice, m.received_at, 1
                from unnest(@amounts) a (amount) cross join lateral (
                    select * from remittances r
                    where r.legal_entity = @legalEntity and r.currency = @currency and r.status = 'waiting'
                        and r.amount = a.amount
                        and (r.reference_key is null or r.reference_key <> all(@references))
                    order by r.received_at desc, r.id desc limit @mostOfOneAmount) m
            ) x order by rank, received_at desc, id desc limit @most
        ) y order by received_at, id
        """;

    private const string Customers = """
        with recursive found as (
            select c.* from unnest(@ids) w (id) cross join lateral (
                select id, parent_id from customers where id = w.id offset 0) c
            union
            select c.* from found f cross join lateral (
                select id, parent_id from customers where id = f.parent_id offset 0) c
        )
        select c.id as customer_id, c.number, c.name, c.parent_id, p.hold, p.rule_set, p.may_pay_for,
            p.deduction_reasons::text as deduction_reasons
        from (select distinct id from found) f join customers c using (id)
        left join cash_profiles p on p.customer_id = c.id
        """;

    /// <summary>How people coded the last deductions of each.</summary>
    private const string Codings = """
        select m.customer_id, m.words, m.reason_code, count(*)::int as count
        from unnest(@ids) c (id) cross join lateral (
            select * from deduction_memory d where d.customer_id = c.id and not d.forgotten
            order by d.coded_at desc limit @mostCodingsOfOne) m
        group by m.customer_id, m.words, m.reason_code
        """;

    private const string OpenItemsOf = $"""
        with recursive heads as (
            select c.id, c.parent_id, c.id as payer from unnest(@payers) w (id) cross join lateral (
                select id, parent_id from customers where id = w.id offset 0) c
            union
            select c.id, c.parent_id, h.payer from heads h cross join lateral (
                select id, parent_id from customers where id = h.parent_id offset 0) c
        ), members as (
            select id from heads where parent_id is null
            union
            select c.id from members m cross join lateral (
                select id from customers where parent_id = m.id offset 0) c
        ), wanted as (
            select id from members
            union select id from heads
            union select unnest(may_pay_for) from cash_profiles where customer_id = any(@payers)
        )
        select {ItemColumns} from wanted w cross join lateral (
            select * from open_items o where o.customer_id = w.id and o.balance > 0
                and o.legal_entity = @legalEntity and o.currency = @currency
            order by o.due_date limit @mostItemsOfOne) i
        """;

    /// <summary>What could explain payments of one currency to one legal entity.</summary>
    public static async Task<MatchFacts> FindAsync(
        NpgsqlDataSource database, string legalEntity, IReadOnlyCollection<PaymentReading> payments,
        MatchSettings settings, CancellationToken cancellation, WaitingRemittance? arriving = null)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(payments);
        if (payments.Count == 0)
            return MatchFacts.None;
        var currency = payments.First().Payment.Amount.Currency;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var advices = await AdvicesAsync(connection, legalEntity, currency, payments, cancellation);
        if (arriving is not null)
            advices = [.. advices, arriving];
        var first = await PointersAsync(connection, legalEntity, currency, payments, advices, settings, cancellation);
        first = first with { Items = await PaidItems.ToldAsync(connection, first.Items, cancellation) };
        if (!settings.Policy.TakesOffCreditMemos)
            first = first with { Credits = [] };
        var customers = await CustomersAsync(connection, first.CustomerIds, cancellation);
        var facts = new MatchFacts(
            first.Items, customers, first.Known, first.Remittances, first.OtherEntities, credits: first.Credits);
        Guid[] payers = [.. payments.SelectMany(payment => Matcher.Payers(payment, facts, settings)).Distinct()];
        if (payers.Length == 0)
            return facts;
        var more = await connection.QueryAsync<ItemRow>(new CommandDefinition(OpenItemsOf,
            new { payers, legalEntity, currency = currency.Code, mostItemsOfOne = MostItemsOfOne },
            cancellationToken: cancellation));
        Candidate[] items = [.. more.Select(row => row.ToCandidate(currency))];
        Guid[] unknown =
            [.. items.Select(item => item.CustomerId).Distinct().Except(customers.Select(c => c.CustomerId))];
        var credits = !settings.Policy.TakesOffCreditMemos ? [] : await CreditsAsync(
            connection, legalEntity, currency, [.. items.Select(item => item.CustomerId).Distinct()], cancellation);
        return facts.With(
            items, unknown.Length == 0 ? [] : await CustomersAsync(connection, unknown, cancellation),
            await Agreements.InForceAsync(connection, legalEntity, payers, cancellation), credits);
    }

    private static async Task<IEnumerable<OpenCredit>> CreditsAsync(
        NpgsqlConnection connection, string legalEntity, Currency currency, Guid[] customers,
        CancellationToken cancellation) =>
        (await connection.QueryAsync<CreditRow>(new CommandDefinition(OpenCreditsOf,
            new { customers, legalEntity, currency = currency.Code, mostCreditsOfOne = MostCreditsOfOne },
            cancellationToken: cancellation))).Select(row => row.ToCredit(currency));

    /// <summary>These customers with their groups and profiles, and nothing else.</summary>
    public static async Task<MatchFacts> CustomersAsync(
        NpgsqlDataSource database, IEnumerable<Guid> ids, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return new MatchFacts([], await CustomersAsync(connection, [.. ids.Distinct()], cancellation), []);
    }

    /// <summary>What came, and what was sent where banks have kept some of it.</summary>
    private static decimal[] AmountsOf(IEnumerable<Payment> payments) =>
        [.. payments.SelectMany(payment => new[] { payment.Amount.Amount, payment.Sent.Amount }).Distinct()];

    private static async Task<IReadOnlyList<WaitingRemittance>> AdvicesAsync(
        NpgsqlConnection connection, string legalEntity, Currency currency,
        IReadOnlyCollection<PaymentReading> payments, CancellationToken cancellation)
    {
        var parameters = new
        {
            legalEntity,
            currency = currency.Code,
            amounts = AmountsOf(payments.Select(one => one.Payment)),
            references = payments.SelectMany(one => one.Keys
                .Where(key => !key.Contains('-', StringComparison.Ordinal))
                .Concat(one.Payment.CheckNumber is { } check ? [ReferenceKeys.Compact(check)] : []))
                .Distinct().ToArray(),
            receipts = payments.Select(one => one.Payment.ReceiptId).OfType<Guid>().ToArray(),
            mostOfOneAmount = MostAdvicesOfOneAmount,
            most = MostAdvices,
        };
        return
        [
            .. (await connection.QueryAsync<(Guid Id, Guid? CustomerId, Guid? ReceiptId, string Advice)>(
                new CommandDefinition(Advices, parameters, cancellationToken: cancellation)))
                .Select(row => new WaitingRemittance(row.Id, row.CustomerId,
                    JsonSerializer.Deserialize<RemittanceReceived>(row.Advice, Json.Stored)!.Advice,
                    row.ReceiptId)),
        ];
    }

    private static async Task<FirstFacts> PointersAsync(
        NpgsqlConnection connection, string legalEntity, Currency currency,
        IReadOnlyCollection<PaymentReading> readings, IReadOnlyList<WaitingRemittance> advices,
        MatchSettings settings, CancellationToken cancellation)
    {
        Payment[] payments = [.. readings.Select(one => one.Payment)];
        string[] keys =
        [
            .. readings.SelectMany(one => one.Keys)
                .Concat(payments.SelectMany(payment => payment.Documents ?? [])
                    .Concat(advices.SelectMany(advice => advice.Advice.Lines))
                    .SelectMany(document => Keys(document.DocumentNumber, settings.Policy.ReferenceRules))).Distinct(),
        ];
        string[] creditKeys = [.. keys.Concat(advices.SelectMany(AdjustedBy).SelectMany(Keys)).Distinct()];
        var parameters = new
        {
            legalEntity,
            currency = currency.Code,
            amounts = AmountsOf(payments),
            compactKeys = Compact(keys),
            looseKeys = Loose(keys),
            compactCreditKeys = Compact(creditKeys),
            looseCreditKeys = Loose(creditKeys),
            accounts = payments.SelectMany(payment => payment.AccountKeys).Distinct().ToArray(),
            numbers = payments.SelectMany(payment => payment.AccountKeys.Skip(1)).Distinct().ToArray(),
            names = payments.Select(payment => payment.PayerName).OfType<string>().Distinct().Select(PartyName.Key)
                .Distinct().ToArray(),
            blocks = payments.Select(payment => payment.PayerName).OfType<string>().Distinct()
                .SelectMany(PartyName.Blocks).Distinct().ToArray(),
            words = payments.SelectMany(TextRule.FirstWords).Distinct().ToArray(),
            mostOfOneKey = MatchFacts.MostOfOneKey,
            mostTextRules = MostTextRules,
        };
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition($"{Items};{Pointers};{NamedCredits}", parameters, cancellationToken: cancellation));
        Candidate[] items = [.. (await results.ReadAsync<ItemRow>()).Select(row => row.ToCandidate(currency))];
        var byNumber = await results.ReadAsync<Guid>();
        KnownPayer[] known =
        [
            .. (await results.ReadAsync<(string Trait, string Key, Guid CustomerId, bool IsOfKnownBank)>()).Select(
                row => new KnownPayer(row.Trait == "account" ? PayerTrait.Account : PayerTrait.Alias, row.Key,
                    row.CustomerId, row.IsOfKnownBank)),
        ];
        KnownPayer[] byText =
        [
            .. (await results.ReadAsync<(string Key, Guid CustomerId)>())
                .Select(row => new KnownPayer(PayerTrait.Text, row.Key, row.CustomerId)),
        ];
        known = [.. known, .. TextRule.Holding(byText, payments, MostTextRules)];
        var byName = (await results.ReadAsync<(string Key, Guid CustomerId)>()).GroupBy(row => row.Key)
            .Where(key => key.Count() < MatchFacts.MostOfOneKey).SelectMany(key => key).Select(row => row.CustomerId);
        string[] others = [.. await results.ReadAsync<string>()];
        OpenCredit[] credits = [.. (await results.ReadAsync<CreditRow>()).Select(row => row.ToCredit(currency))];
        return new FirstFacts(items, known, advices, others, credits,
        [
            .. byNumber.Concat(byName).Concat(known.Select(payer => payer.CustomerId))
                .Concat(items.Select(item => item.CustomerId))
                .Concat(payments.Select(payment => payment.CustomerId).OfType<Guid>())
                .Concat(advices.Select(advice => advice.CustomerId).OfType<Guid>()).Distinct(),
        ]);
    }

    private static IEnumerable<string> Keys(string number, ReferenceRules? rules) =>
        rules is null ? Keys(number) : Keys(number).Concat(Keys(rules.Strip(number)));

    private static string[] Keys(string number) => [ReferenceKeys.Compact(number), ReferenceKeys.Loose(number)];

    /// <summary>What is kept back of no document of the advice is told by these: credit memos, often.</summary>
    private static IEnumerable<string> AdjustedBy(WaitingRemittance waiting) =>
        waiting.Advice.Adjustments.Select(one => one.Reference).OfType<string>();

    private static string[] Compact(string[] keys) =>
        [.. keys.Where(key => !key.Contains('-', StringComparison.Ordinal))];

    /// <summary>Several groups are joined by hyphens, and one that is told has no leading zeros.</summary>
    private static string[] Loose(string[] keys) =>
        [.. keys.Where(key => key.Contains('-', StringComparison.Ordinal)
            || (key is "0" or [>= '1' and <= '9', ..] && !key.AsSpan().ContainsAnyExceptInRange('0', '9')))];

    private static async Task<IReadOnlyList<CustomerCandidate>> CustomersAsync(
        NpgsqlConnection connection, Guid[] ids, CancellationToken cancellation)
    {
        await using var results = await connection.QueryMultipleAsync(new CommandDefinition(
            $"{Customers};{Codings}", new { ids, mostCodingsOfOne = MostCodingsOfOne },
            cancellationToken: cancellation));
        var customers = await results.ReadAsync<CustomerFacts>();
        var codings = (await results.ReadAsync<(Guid CustomerId, string Words, string ReasonCode, int Count)>())
            .ToLookup(row => row.CustomerId, row => new DeductionCoding(row.Words, row.ReasonCode, row.Count));
        return [.. customers.Select(row => row.ToCandidate(codings[row.CustomerId]))];
    }

    private sealed record FirstFacts(
        Candidate[] Items, KnownPayer[] Known, IReadOnlyList<WaitingRemittance> Remittances, string[] OtherEntities,
        OpenCredit[] Credits, Guid[] CustomerIds);
}
