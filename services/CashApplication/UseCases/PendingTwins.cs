using System.Data.Common;
using Dapper;
using Npgsql;
using OrderToCash.CashApplication.PendingPayments;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A payment that is pending, and one that is told now of the same money.</summary>
/// <param name="Told">The one that is told now.</param>
/// <param name="Known">The one that is pending.</param>
/// <param name="IsBanks">True where the bank showed the one that is pending, and a caller tells it now.</param>
internal sealed record PendingTwin(Guid Told, Guid Known, bool IsBanks);

/// <summary>
/// Money on its way that both a caller and the bank tell is pending once, whichever of the two came first: they have
/// amount and customer in common, or what tells that a credit is money that was entered
/// (<see cref="EnteredReceipts"/>), and the bank shows it while the caller's is waited for.
/// </summary>
internal static class PendingTwins
{
    private const int MostPairs = 10_000;

    private static readonly TransactionLock Told = new("pending-payments");

    private const string Pairs = $"""
        with told as (
            select * from unnest(@ids, @banks, @customers, @currencies, @amounts, @since, @expected, @expires, @methods,
                @checks, @payerBanks, @payerAccounts, @payerKeys, @references, @refs, @processors, @bankAccounts)
                as x (id, is_banks, customer_id, currency, amount, since, expected_on, expires_on, method, check_number,
                    payer_bank, payer_account, payer_key, reference, ref_list, processor_reference, bank_account)
        ), tellings as (
            select true as is_told, t.* from told t
            union all
            select false, p.id, p.import_id is not null, p.customer_id, p.currency, p.amount, p.since, p.expected_on,
                p.expires_on, p.method, p.check_number, p.payer_bank, p.payer_account, p.payer_key, p.reference,
                p.refs, p.processor_reference, p.bank_account
            from pending_payments p
            where p.status = 'pending' and p.legal_entity = @legalEntity
                and (p.currency, p.amount) in (select currency, amount from told)
        ), shaped as (
            select *, {EnteredReceipts.WordsOf}reference{EnteredReceipts.Ends} as words,
                {EnteredReceipts.WordsOf}processor_reference{EnteredReceipts.Ends} as processor_words,
                string_to_array(ref_list, E'\n') as refs
            from tellings
        )
        select case when e.is_told then e.id else b.id end as told,
            case when e.is_told then b.id else e.id end as known, e.is_told as is_banks
        from shaped e
        join shaped b on not e.is_banks and b.is_banks and e.is_told <> b.is_told and e.currency = b.currency
            and e.amount = b.amount and b.expected_on between e.since - 5 and e.expires_on + 5
            and coalesce(e.customer_id = b.customer_id, true) and coalesce(e.bank_account = b.bank_account, true)
        cross join lateral (
            select case when e.customer_id = b.customer_id then coalesce({EnteredReceipts.Evidence}, 7)
                else {EnteredReceipts.Evidence} end as rank
        ) x
        where x.rank is not null
        order by x.rank, abs(e.expected_on - b.expected_on), e.id, b.id limit @most
        """;

    /// <summary>What is pending of these amounts, told by the others: as it is now, in one text.</summary>
    private const string Present = """
        select coalesce(md5(string_agg(p.id::text, ',' order by p.id)), '') from pending_payments p
        where p.status = 'pending' and p.legal_entity = $1
            and (p.currency, p.amount, p.import_id is not null) in (select * from unnest($2, $3, $4))
        """;

    /// <summary>Each of those that are told with one that is pending, best first; each once.</summary>
    public static async Task<IReadOnlyList<PendingTwin>> FindAsync(
        DbConnection connection, string legalEntity, IReadOnlyList<(Guid Id, PendingPaymentRecorded Fact)> told,
        CancellationToken cancellation)
    {
        if (told.Count == 0)
            return [];
        PendingPaymentRecorded[] facts = [.. told.Select(one => one.Fact)];
        var parameters = new
        {
            legalEntity,
            most = MostPairs,
            ids = told.Select(one => one.Id).ToArray(),
            banks = facts.Select(fact => fact.Source is not null).ToArray(),
            customers = facts.Select(fact => fact.CustomerId).ToArray(),
            currencies = facts.Select(fact => fact.Amount.Currency.Code).ToArray(),
            amounts = facts.Select(fact => fact.Amount.Amount).ToArray(),
            since = facts.Select(fact => fact.Since).ToArray(),
            expected = facts.Select(fact => fact.ExpectedOn).ToArray(),
            expires = facts.Select(fact => fact.ExpiresOn).ToArray(),
            methods = facts.Select(fact => fact.Method).ToArray(),
            checks = facts.Select(fact => fact.CheckNumber).ToArray(),
            payerBanks = facts.Select(fact => fact.Payer.Bank).ToArray(),
            payerAccounts = facts.Select(fact => fact.Payer.Account).ToArray(),
            payerKeys = facts.Select(fact => PartyName.TellingKey(fact.Payer.Name)).ToArray(),
            references = facts.Select(fact => string.Join(' ', fact.Remittance)).ToArray(),
            refs = facts.Select(fact => string.Join('\n', fact.Source?.References ?? [])).ToArray(),
            processors = facts.Select(fact => fact.ProcessorReference).ToArray(),
            bankAccounts = facts.Select(fact => fact.BankAccount).ToArray(),
        };
        var pairs = await connection.QueryAsync<PendingTwin>(
            new CommandDefinition(Pairs, parameters, cancellationToken: cancellation));
        var taken = new HashSet<Guid>();
        return [.. pairs.Where(pair => !taken.Contains(pair.Told) && !taken.Contains(pair.Known)
            && taken.Add(pair.Told) && taken.Add(pair.Known))];
    }

    /// <summary>What the twins were looked for among, for <see cref="Guard"/>.</summary>
    public static async Task<string> PresentAsync(
        NpgsqlDataSource database, string legalEntity, IReadOnlyList<(Guid Id, PendingPaymentRecorded Fact)> told,
        CancellationToken cancellation)
    {
        await using var read = database.CreateCommand(Present);
        foreach (var parameter in Parameters(legalEntity, told))
            read.Parameters.Add(parameter);
        return (string)(await read.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>
    /// Holds the write to what the twins were looked for among: of two instances that hear of the same money at once
    /// the second looks again.
    /// </summary>
    public static void Guard(
        WriteBatch batch, string legalEntity, IReadOnlyList<(Guid Id, PendingPaymentRecorded Fact)> told,
        string present)
    {
        var same = new NpgsqlBatchCommand(
            $"select otc_version_conflict() from ({Present}) as now (ids) where now.ids <> $5");
        foreach (var parameter in Parameters(legalEntity, told))
            same.Parameters.Add(parameter);
        same.Parameters.Add(new NpgsqlParameter<string> { TypedValue = present });
        batch.Lock(Told.Take(legalEntity)).Guard(same);
    }

    private static NpgsqlParameter[] Parameters(
        string legalEntity, IReadOnlyList<(Guid Id, PendingPaymentRecorded Fact)> told) =>
    [
        new NpgsqlParameter<string> { TypedValue = legalEntity },
        new NpgsqlParameter<string[]> { TypedValue = [.. told.Select(one => one.Fact.Amount.Currency.Code)] },
        new NpgsqlParameter<decimal[]> { TypedValue = [.. told.Select(one => one.Fact.Amount.Amount)] },
        new NpgsqlParameter<bool[]> { TypedValue = [.. told.Select(one => one.Fact.Source is null)] },
    ];
}
