using Dapper;
using Npgsql;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// Finds out whether money that a statement brings was entered before, and the other way round, so that it is a receipt
/// once. The two have amount and currency in common and lie some days apart at most; and they have a reference (the
/// processor's, or what was entered as one and has digits), the number of the check, or the payer's account or name in
/// common; two accounts that differ are two payers. Cash says nothing of itself: it must be the only such deposit of
/// the account. A card payment is told by its processor's reference alone.
/// </summary>
internal static class EnteredReceipts
{
    /// <summary>Days that the bank may be later than what was entered.</summary>
    private const string DaysAfter = "30";

    /// <summary>Days that the bank may be earlier than what was entered.</summary>
    private const string DaysBefore = "5";

    private const string Evidence = """
        case
            when e.processor_reference is not null
                and (e.processor_reference = any(b.refs) or strpos(b.text, upper(e.processor_reference)) > 0) then 1
            when e.method = 'card' then null
            when e.check_number is not null and b.check_number is not null then
                case when ltrim(e.check_number, '0') = ltrim(b.check_number, '0') then 2 end
            when e.payer_account <> b.payer_account then null
            when e.text ~ '\d.*\d.*\d.*\d' and strpos(b.text, e.text) > 0 then 3
            when e.payer_account is not null and b.payer_account is not null then
                case when e.method in (b.method, 'wire', 'ach') then 4 end
            when e.payer_key is not null and e.payer_key = b.payer_key and e.method in (b.method, 'wire', 'ach') then 5
            when e.method = 'cash' and b.method = 'cash' then 6
        end
        """;

    private const string Text = "regexp_replace(upper(coalesce(r.reference, '')), '\\s+', ' ', 'g')";

    /// <summary>Entered receipts that wait for their credit, for credits that have just come.</summary>
    private const string Entered = $"""
        with banked as (
            select * from unnest(@ids, @accounts, @currencies, @amounts, @days, @methods, @checks, @payerAccounts,
                @payerKeys, @texts, @references) as x (id, account, currency, amount, day, method, check_number,
                    payer_account, payer_key, text, reference_list)
        )
        select b.id as Item1, e.id as Item2, e.rank as Item3 from (
            select *, string_to_array(reference_list, E'\n') as refs from banked) b
        cross join lateral (
            select * from (
                select e.id, e.value_date, e.number, {Evidence} as rank from (
                    select r.*, {Text} as text from receipts r
                    where r.legal_entity = @legalEntity and r.currency = b.currency and r.amount = b.amount
                        and r.is_entered and r.import_id is null and r.status <> 'reversed'
                        and (r.bank_account is null or r.bank_account = b.account)
                        and r.value_date between b.day - {DaysAfter} and b.day + {DaysBefore}) e) ranked
            where rank is not null) e
        order by e.rank, e.value_date, e.number, b.id
        """;

    /// <summary>Receipts of statements that nobody has entered yet, for one that is being entered.</summary>
    private const string Banked = $"""
        with entered as (
            select @method::text as method, @processorReference::text as processor_reference,
                @checkNumber::text as check_number, @payerAccount::text as payer_account, @payerKey::text as payer_key,
                regexp_replace(upper(coalesce(@reference, '')), '\s+', ' ', 'g') as text
        )
        select b.id as Item1, b.rank as Item2 from entered e cross join lateral (
            select b.id, b.value_date, b.number, {Evidence} as rank from (
                select r.*, {Text} as text,
                    array(select reference from receipt_references f where f.receipt_id = r.id) as refs
                from receipts r
                where r.legal_entity = @legalEntity and r.currency = @currency and r.amount = @amount
                    and not r.is_entered and not r.is_announced and r.status <> 'reversed'
                    and (@bankAccount::text is null or r.bank_account = @bankAccount)
                    and r.value_date between @valueDate::date - {DaysBefore} and @valueDate::date + {DaysAfter}) b
        ) b
        where b.rank is not null
        order by b.rank, b.value_date, b.number limit 2
        """;

    private const int Cash = 6;

    /// <summary>The entered receipt of each credit that has one: the best evidence first, each receipt once.</summary>
    public static async Task<IReadOnlyDictionary<Guid, Guid>> OfAsync(
        NpgsqlDataSource database, string legalEntity,
        IReadOnlyList<(IncomingReceipt Receipt, ReadModels.BankAccountRow Account)> credits,
        CancellationToken cancellation)
    {
        IncomingReceipt[] receipts = [.. credits.Select(pair => pair.Receipt)];
        var parameters = new
        {
            legalEntity,
            ids = receipts.Select(one => one.ReceiptId).ToArray(),
            accounts = credits.Select(pair => pair.Account.Code).ToArray(),
            currencies = receipts.Select(one => one.Amount.Currency.Code).ToArray(),
            amounts = receipts.Select(one => one.Amount.Amount).ToArray(),
            days = receipts.Select(one => one.ValueDate).ToArray(),
            methods = receipts.Select(one => one.Method).ToArray(),
            checks = receipts.Select(one => one.CheckNumber).ToArray(),
            payerAccounts = receipts.Select(one => one.Payer.Account).ToArray(),
            payerKeys = receipts.Select(one => KeyOf(one.Payer)).ToArray(),
            texts = receipts.Select(one => TextOf(one.Remittance)).ToArray(),
            references = receipts.Select(one => string.Join('\n', one.Source.References ?? [])).ToArray(),
        };
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var pairs = (await connection.QueryAsync<(Guid Credit, Guid Entered, int Rank)>(
            new CommandDefinition(Entered, parameters, cancellationToken: cancellation))).AsList();
        var deposits = pairs.Where(pair => pair.Rank == Cash).GroupBy(pair => pair.Credit)
            .ToDictionary(group => group.Key, group => group.Count());
        var found = new Dictionary<Guid, Guid>();
        var taken = new HashSet<Guid>();
        foreach (var (credit, entered, rank) in pairs)
        {
            var isCertain = rank != Cash || deposits[credit] == 1;
            if (isCertain && !found.ContainsKey(credit) && taken.Add(entered))
                found[credit] = entered;
        }

        return found;
    }

    /// <summary>The receipt of a statement that is what is being entered, or null.</summary>
    public static async Task<Guid?> OnStatementAsync(
        NpgsqlDataSource database, RecordReceiptRequest request, Payer payer, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var found = (await connection.QueryAsync<(Guid Id, int Rank)>(new CommandDefinition(
            Banked,
            new
            {
                legalEntity = request.LegalEntity,
                method = request.Method,
                processorReference = request.ProcessorReference,
                checkNumber = request.CheckNumber,
                payerAccount = payer.Account,
                payerKey = KeyOf(payer),
                reference = request.Reference,
                currency = request.Amount.Currency.Code,
                amount = request.Amount.Amount,
                bankAccount = request.BankAccount,
                valueDate = request.ValueDate,
            },
            cancellationToken: cancellation))).AsList();
        return found is [var best, ..] && (best.Rank != Cash || found.Count == 1) ? best.Id : null;
    }

    private static string? KeyOf(Payer payer) =>
        payer.Name is { } name && PartyName.Key(name) is { Length: >= 3 } key ? key : null;

    private static string TextOf(IReadOnlyList<string> lines) => string.Join(
        ' ', string.Join(' ', lines).ToUpperInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
