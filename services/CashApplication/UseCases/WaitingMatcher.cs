using Dapper;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.EventSourcing;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// Matches waiting money again when something new points to it: a new invoice of its customer, amount or reference, a
/// new customer of its payer's name, a payer that was learned meanwhile, an advice. What people took back or decided
/// about, and what Invoicing refused, is left to them. Bounded: news are taken ten thousand at a time, and the receipts
/// that they point to are found once and matched some hundreds at a time; each once for all of the news, as each new
/// invoice of a large customer points to all of its money. Idempotent: the second time nothing is new. News that cannot
/// be looked at are looked at again later, and so is each receipt that could not be matched; neither holds up others.
/// </summary>
public sealed class WaitingMatcher(
    EventStore store, ReceiptMatching matching, ReceiptMatcher matcher)
{
    private const int NewsAtOnce = 10_000;

    private const int ReceiptsAtOnce = 200;

    /// <summary>
    /// Money whose recording was under way at the first look is recorded by then. The second look is at such money
    /// alone: recorded after the first, or shortly before it by another clock.
    /// </summary>
    private static readonly TimeSpan SecondLook = TimeSpan.FromMinutes(1);

    /// <summary>News that could not be looked at, and receipts that could not be matched, wait so long.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Whoever is pointed at by one of the news. What stands in a receipt's text is compared as letters and digits, and
    /// behind a blank, which no number has, once more without the letters that the policy leaves out.
    /// Each thing that is equal is a table of its own, or the planner, which takes the news for a few, would compare
    /// each receipt with each item. A text is compared only with numbers whose end, eight letters or four, stands in it
    /// somewhere; with shorter numbers all are. Of whom something was told comes before those who are only pointed
    /// at: a twin must not take what was told for another.
    /// </summary>
    private const string PointedAt = $$"""
        with waiting as (
            select id, legal_entity, currency, customer_id, payer_account, payer_bank, payer_key, check_number,
                array[customer_id, (select p.parent_id from customers p where p.id = receipts.customer_id)] as payers,
                unapplied - on_account as free, unapplied - on_account + charges as sent,
                told.text || coalesce(' ' || translate(told.text, l.letters, ''), '') as text
            from receipts cross join lateral (
                select regexp_replace(upper(coalesce(reference, '')), '[^A-Z0-9]', '', 'g') as text) told
            left join unnest(@ruled, @letters) as l (legal_entity, letters) using (legal_entity)
            where {{ReceiptRow.WaitsForMatching}}
                and (@since::timestamptz is null or recorded_at >= @since)
        ), news as (
            select distinct kind, subject from match_news where id = any(@news)
        ), items as (
            select i.legal_entity, i.currency, array[i.balance, i.discounted, i.net] as amounts,
                array[i.customer_id, c.parent_id] as debtors, i.compact_key,
                i.purchase_order_key, i.order_reference_key, i.external_number_key,
                ltrim((regexp_match(i.invoice_number, '(\d+)\D*$'))[1], '0') as serial
            from news n join open_items i on i.invoice_id = n.subject left join customers c on c.id = i.customer_id
            where n.kind = 'invoice' and i.balance > 0
        ), due as materialized (
            select distinct i.legal_entity, i.currency, due.amount
            from items i cross join unnest(i.amounts) as due (amount)
        ), paid as materialized (
            select w.id, w.legal_entity, w.currency, paid.amount
            from waiting w cross join unnest(array[w.free, w.sent]) as paid (amount)
        ), debtors as materialized (
            select distinct i.legal_entity, i.currency, debtor.id
            from items i cross join unnest(i.debtors) as debtor (id)
        ), payers as materialized (
            select w.id, w.legal_entity, w.currency, payer.id as payer_id
            from waiting w cross join unnest(w.payers) as payer (id)
        ), numbers as materialized (
            select distinct i.legal_entity, i.currency, told.number,
                right(told.number, case when length(told.number) < 8 then 4 else 8 end) as ending
            from items i cross join unnest(array[i.compact_key, i.serial, i.purchase_order_key,
                i.order_reference_key, i.external_number_key]) as told (number)
            where length(told.number) >= 4
        ), parts as materialized (
            select distinct w.id, w.legal_entity, w.currency, substr(w.text, beginning.at, size.letters) as ending
            from waiting w cross join (values (4), (8)) as size (letters)
                cross join generate_series(1, length(w.text) - size.letters + 1) as beginning (at)
        ), written as materialized (
            select distinct p.id, n.number from parts p join numbers n using (legal_entity, currency, ending)
        ), found as (
            select id from paid join due using (legal_entity, currency, amount)
            union
            select p.id from payers p join debtors d
                on d.legal_entity = p.legal_entity and d.currency = p.currency and d.id = p.payer_id
            union
            select w.id from written join waiting w using (id) where strpos(w.text, written.number) > 0
            union
            select w.id from waiting w join items i on i.legal_entity = w.legal_entity and i.currency = w.currency
            where length(i.compact_key) < 4 and strpos(w.text, i.compact_key) > 0
            union
            select w.id from waiting w join customers c on c.legal_entity = w.legal_entity
                join news n on n.kind = 'customer' and n.subject = c.id
            where c.id = w.customer_id or strpos(w.text, c.compact_key) > 0
                or exists (select 1 from customer_name_keys k where k.customer_id = c.id
                    and k.key = any(string_to_array(w.payer_key, ' ')))
                or exists (select 1 from profile_traits t where t.customer_id = c.id
                    and ((t.trait = 'account'
                            and t.key in (w.payer_account, w.payer_bank || '/' || w.payer_account))
                        or (t.trait = 'alias' and t.key = w.payer_key)))
            union
            select w.id from waiting w join receipts r on r.legal_entity = w.legal_entity and r.id <> w.id
                and (r.payer_account = w.payer_account or r.payer_key = w.payer_key)
                join news n on n.kind = 'payer' and n.subject = r.id
            union
            select w.id from waiting w join news n on n.kind = 'receipt' and n.subject = w.id
            union
            select w.id from waiting w join remittances a on a.legal_entity = w.legal_entity
                and a.currency = w.currency and a.status = 'waiting'
                join news n on n.kind = 'advice' and n.subject = a.id
            where a.amount in (w.free, w.sent) or a.payer_account = w.payer_account or a.reference = w.check_number
                or (length(a.reference_key) >= 4 and strpos(w.text, a.reference_key) > 0)
        )
        select f.id from found f left join news n on n.kind = 'receipt' and n.subject = f.id
        order by n.subject is null, f.id
        """;

    /// <summary>
    /// The news are looked at; those that had their second look are gone, and no others, even where somebody else had
    /// the first look meanwhile. Each receipt that could not be matched is one of its own, since their second look
    /// passes it over; once, where it waits already.
    /// </summary>
    private const string Done = """
        with again as (
            update match_news set looked_at = @now, due_at = @again where id = any(@news) and looked_at is null
        ), failed as (
            insert into match_news (kind, subject, due_at)
            select @receipt, f.id, @retry from unnest(@failed) f(id)
            where not exists (select 1 from match_news n where n.kind = @receipt and n.subject = f.id
                and n.looked_at is null and n.id <> all(@news))
        )
        delete from match_news where id = any(@second)
        """;

    /// <summary>The database says what time it is: news are due for all instances, whatever their clocks.</summary>
    private const string Due =
        "select id, looked_at, now() as now from match_news where due_at <= now() order by due_at, id limit @most";

    private const string PutOff = "update match_news set due_at = @again where id = any(@news)";

    /// <summary>Looks at the next news; false where none is due.</summary>
    /// <param name="attempt">Tells whoever runs this what fails.</param>
    /// <param name="cancellation">Stops between two receipts; the news are looked at again.</param>
    public async Task<bool> LookAsync(Attempt attempt, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var due = await QueryAsync<(long Id, DateTime? LookedAt, DateTime Now)>(
            Due, new { most = NewsAtOnce }, cancellation);
        if (due.Length == 0)
            return false;
        var now = due[0].Now;
        var news = Array.ConvertAll(due, one => one.Id);
        var retry = now + Pause;
        if (!await attempt($"Looking at {news.Length} news about waiting money", LookAllAsync, cancellation))
            await WriteAsync(PutOff, new { news, again = retry }, cancellation);
        return true;

        async Task LookAllAsync()
        {
            var again = due.Where(one => one.LookedAt is not null).ToArray();
            var second = Array.ConvertAll(again, one => one.Id);
            Guid[] failed =
            [
                .. await MatchAsync([.. news.Except(second)], null, attempt, cancellation),
                .. await MatchAsync(second, again.Min(one => one.LookedAt) - SecondLook, attempt, cancellation),
            ];
            await WriteAsync(
                Done,
                new
                {
                    news,
                    second,
                    now,
                    again = now + SecondLook,
                    failed = failed.Distinct().ToArray(),
                    receipt = MatchNews.Receipt,
                    retry,
                },
                cancellation);
        }
    }

    /// <summary>
    /// Matches what these news point to; only what was recorded since, where that is given. Gives what failed.
    /// </summary>
    private async Task<List<Guid>> MatchAsync(
        long[] news, DateTime? since, Attempt attempt, CancellationToken cancellation)
    {
        var failed = new List<Guid>();
        if (news.Length == 0)
            return failed;
        var letters = await LettersAsync(cancellation);
        var parameters = new { news, since, ruled = letters.Keys.ToArray(), letters = letters.Values.ToArray() };
        foreach (var receipts in (await QueryAsync<Guid>(
            PointedAt, parameters, cancellation)).Chunk(ReceiptsAtOnce))
        {
            failed.AddRange(await MatchAsync(receipts, attempt, cancellation));
        }

        return failed;
    }

    /// <summary>What policies leave out of references wherever it stands, by legal entity, in capitals.</summary>
    private async Task<Dictionary<string, string>> LettersAsync(CancellationToken cancellation)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entity in await QueryAsync<string>(
            "select distinct legal_entity from receipts where unapplied > on_account", null, cancellation))
        {
            if ((await matching.SettingsAsync(entity, cancellation)).Policy.ReferenceRules?.Letters is { } letters)
                found[entity] = letters.ToUpperInvariant();
        }

        return found;
    }

    private async Task<List<Guid>> MatchAsync(Guid[] ids, Attempt attempt, CancellationToken cancellation)
    {
        var failed = new List<Guid>();
        var waiting = new List<(Guid Id, Receipt Receipt, Payment Payment)>(ids.Length);
        foreach (var id in ids)
        {
            await AloneAsync(id, async () =>
            {
                var (receipt, _) = await store.LoadAsync(ReceiptStream.Type, id, cancellation);
                if (receipt.MayBeMatchedAgain && ReceiptMatching.PaymentOf(id, receipt) is { } payment)
                    waiting.Add((id, receipt, payment));
            });
        }

        foreach (var entity in waiting.GroupBy(one => one.Receipt.LegalEntity))
        {
            var settings = await matching.SettingsAsync(entity.Key, cancellation);
            var sessions = await matching.SessionsAsync(
                entity.Key, entity.Select(one => one.Payment), settings, cancellation);
            foreach (var (id, receipt, payment) in entity)
            {
                await AloneAsync(id, async () =>
                {
                    if (IsNew(receipt, sessions[payment.Amount.Currency].Match(payment)))
                        await AgainAsync(id, cancellation);
                });
            }
        }

        return failed;

        async Task AloneAsync(Guid id, Func<Task> look)
        {
            if (!await attempt($"Matching of receipt {id} again", look, cancellation))
                failed.Add(id);
        }
    }

    private static bool IsNew(Receipt receipt, MatchResult match) =>
        match.Chosen is not null
        || (receipt.Balance.CustomerId is null && match.CustomerId is not null)
        || (match.Aside is { } aside
            && !new ReceiptSetAside(aside.Reason, aside.Detail, null, match.Payers).IsAsBefore(receipt.Aside));

    /// <summary>Decides anew on what holds in that moment.</summary>
    private async Task AgainAsync(Guid id, CancellationToken cancellation)
    {
        var result = await store.CommitAsync(
            async token =>
            {
                var batch = new WriteBatch(new EventMetadata(
                    By: "cash-application", Reason: "matched again: something new points to it"));
                var (receipt, version) = await store.LoadAsync(ReceiptStream.Type, id, token);
                if (receipt.MayBeMatchedAgain)
                    await matcher.AddAsync(batch, id, receipt, version, token);
                return batch;
            },
            cancellation);
        if (!result.IsCommitted)
            throw new InvalidOperationException($"It was not matched again: {result.Status} {result.Constraint}");
    }

    private async Task WriteAsync(string sql, object parameters, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellation));
    }

    private async Task<T[]> QueryAsync<T>(string sql, object? parameters, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return [.. await connection.QueryAsync<T>(
            new CommandDefinition(sql, parameters, cancellationToken: cancellation))];
    }
}
