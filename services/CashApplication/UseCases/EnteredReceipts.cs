using Dapper;
using Npgsql;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// Finds out whether money that a statement brings was entered before, and the other way round, so that it is a receipt
/// once. The two have amount and currency in common and lie some days apart at most, and nothing speaks against it:
/// another payer's account (also of another bank, where both tell it), another way of paying, another customer. They
/// have a reference (the processor's, or what was entered as one), the number of the check, or the payer's account or
/// name in common. Cash says nothing of itself: it must be the only such deposit of its account. A card payment is told
/// by its processor's reference alone. What several fit that are not each other's like is left to a person.
/// </summary>
internal static class EnteredReceipts
{
    /// <summary>Days that the bank may be later than what was entered.</summary>
    private const string DaysAfter = "30";

    /// <summary>Days that the bank may be earlier than what was entered.</summary>
    private const string DaysBefore = "5";

    /// <summary>From here on the payer tells, not a reference.</summary>
    internal const int ByPayer = 4;

    private const int Cash = 6;

    /// <summary>A text as its words of letters and digits, each between blanks: these two stand around it.</summary>
    internal const string WordsOf = "' ' || btrim(regexp_replace(upper(coalesce(";

    internal const string Ends = ", '')), '[^[:alnum:]]+', ' ', 'g')) || ' '";

    /// <summary>The account of the credit's payer, with its bank where that is told.</summary>
    internal const string PayersAccount = "coalesce(b.payer_bank || '/', '') || b.payer_account as payer_account";

    /// <summary>
    /// A reference within a text is whole words of it, of six characters at least; what a person typed in has digits.
    /// </summary>
    internal const string Evidence = """
        case
            when e.method <> 'card'
                and not same_account(e.payer_bank, e.payer_account, b.payer_bank, b.payer_account) then null
            when length(e.processor_reference) >= 4 and e.processor_reference = any(b.refs) then 1
            when length(e.processor_words) >= 8 and strpos(b.words, e.processor_words) > 0 then 1
            when e.method = 'card' then null
            when not (e.method = b.method or (e.method in ('wire', 'ach') and b.method in ('wire', 'ach'))
                or (e.method in ('check', 'lockbox') and b.method in ('check', 'lockbox'))) then null
            when e.check_number is not null and b.check_number is not null then
                case when nullif(ltrim(e.check_number, '0'), '') = ltrim(b.check_number, '0') then 2 end
            when e.words ~ '([0-9].*){4}' and length(e.words) >= 8
                and (e.reference = any(b.refs) or strpos(b.words, e.words) > 0) then 3
            when same_account(e.payer_bank, e.payer_account, b.payer_bank, b.payer_account) then 4
            when e.payer_key = b.payer_key then 5
            when e.method = 'cash' and e.bank_account is not null then 6
        end
        """;

    /// <summary>Entered receipts that wait for their credit, for credits that have just come.</summary>
    private const string Entered = $"""
        with banked as (
            select * from unnest(@ids, @accounts, @currencies, @amounts, @days, @methods, @checks, @payerBanks,
                @payerAccounts, @payerKeys, @texts, @references) as x (id, account, currency, amount, day, method,
                    check_number, payer_bank, payer_account, payer_key, text, reference_list)
        )
        select b.id as credit, e.id as entered, e.rank, e.distance, e.customer_id, {PayersAccount}
        from (
            select *, string_to_array(reference_list, E'\n') as refs, {WordsOf}text{Ends} as words from banked) b
        cross join lateral (
            select * from (
                select e.id, e.number, e.customer_id, abs(e.value_date - b.day) as distance, {Evidence} as rank from (
                    select r.*, {WordsOf}r.reference{Ends} as words,
                        {WordsOf}r.processor_reference{Ends} as processor_words
                    from receipts r
                    where r.legal_entity = @legalEntity and r.currency = b.currency and r.amount = b.amount
                        and r.import_id is null and r.status <> 'reversed' and r.reversed = 0
                        and (r.bank_account is null or r.bank_account = b.account)
                        and r.value_date between b.day - {DaysAfter} and b.day + {DaysBefore}) e) ranked
            where rank is not null) e
        order by e.rank, e.distance, e.number, b.id
        """;

    /// <summary>Receipts of statements that nobody has entered yet, for one that is being entered.</summary>
    private const string Banked = $"""
        with entered as (
            select @method::text as method, @processorReference::text as processor_reference,
                @checkNumber::text as check_number, @payerBank::text as payer_bank,
                @payerAccount::text as payer_account, @payerKey::text as payer_key,
                @reference::text as reference, @bankAccount::text as bank_account,
                {WordsOf}@reference::text{Ends} as words, {WordsOf}@processorReference::text{Ends} as processor_words
        )
        select b.id as credit, b.id as entered, b.rank, b.distance, b.customer_id, b.payer_account
        from entered e cross join lateral (
            select b.id, b.number, b.customer_id, {PayersAccount}, abs(b.value_date - @valueDate::date) as distance,
                {Evidence} as rank
            from (
                select r.*, {WordsOf}r.reference{Ends} as words,
                    array(select reference from receipt_references f where f.receipt_id = r.id) as refs
                from receipts r
                where r.legal_entity = @legalEntity and r.currency = @currency and r.amount = @amount
                    and r.import_id is not null and not r.is_entered and not r.is_announced
                    and r.status <> 'reversed' and r.reversed = 0
                    and (@bankAccount::text is null or r.bank_account = @bankAccount)
                    and (@customerId::uuid is null or r.customer_id is null or r.customer_id = @customerId)
                    and r.value_date between @valueDate::date - {DaysBefore} and @valueDate::date + {DaysAfter}) b
        ) b
        where b.rank is not null
        order by b.rank, b.distance, b.number limit 100
        """;

    /// <summary>The entered receipt of each credit that has one: the best evidence first, then the nearest day; each
    /// receipt once.</summary>
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
            payerBanks = receipts.Select(one => one.Payer.Bank).ToArray(),
            payerAccounts = receipts.Select(one => one.Payer.Account).ToArray(),
            payerKeys = receipts.Select(one => PartyName.TellingKey(one.Payer.Name)).ToArray(),
            texts = receipts.Select(one => string.Join(' ', one.Remittance)).ToArray(),
            references = receipts.Select(one => string.Join('\n', one.Source.References ?? [])).ToArray(),
        };
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return Chosen((await connection.QueryAsync<Pair>(
            new CommandDefinition(Entered, parameters, cancellationToken: cancellation))).AsList());
    }

    /// <summary>The receipt of a statement that is what is being entered, or null.</summary>
    public static async Task<Guid?> OnStatementAsync(
        NpgsqlDataSource database, RecordReceiptRequest request, Payer payer, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var found = (await connection.QueryAsync<Pair>(new CommandDefinition(
            Banked,
            new
            {
                legalEntity = request.LegalEntity,
                method = request.Method,
                processorReference = request.ProcessorReference,
                checkNumber = request.CheckNumber,
                payerBank = payer.Bank,
                payerAccount = payer.Account,
                payerKey = PartyName.TellingKey(payer.Name),
                reference = request.Reference,
                currency = request.Amount.Currency.Code,
                amount = request.Amount.Amount,
                bankAccount = request.BankAccount,
                customerId = request.CustomerId,
                valueDate = request.ValueDate,
            },
            cancellationToken: cancellation))).AsList();
        return found is [var best, ..] && !found.Exists(other => Rivals(best, other)) ? best.Credit : null;
    }

    /// <summary>
    /// Best first. Where the payer tells and two fit equally well that are not each other's like, all of them stay what
    /// they are until a person says whose money it is.
    /// </summary>
    internal static Dictionary<Guid, Guid> Chosen(List<Pair> pairs)
    {
        var (byCredit, byEntered) = (pairs.ToLookup(pair => pair.Credit), pairs.ToLookup(pair => pair.Entered));
        var found = new Dictionary<Guid, Guid>();
        var closed = new HashSet<Guid>();
        foreach (var pair in pairs.Where(IsOpen))
        {
            Pair[] rivals =
            [
                .. byCredit[pair.Credit].Concat(byEntered[pair.Entered])
                    .Where(other => IsOpen(other) && Rivals(pair, other)),
            ];
            if (rivals.Length == 0)
                found[pair.Credit] = pair.Entered;
            foreach (var one in rivals.Append(pair))
            {
                closed.Add(one.Credit);
                closed.Add(one.Entered);
            }
        }

        return found;

        bool IsOpen(Pair pair) => !closed.Contains(pair.Credit) && !closed.Contains(pair.Entered);
    }

    /// <summary>
    /// Of the same payer's account two are alike as long as they are the same customer's; of the same name they are
    /// where account and customer are known to be the same. Two deposits of cash never are.
    /// </summary>
    private static bool Rivals(Pair one, Pair other) =>
        other != one && one.Rank >= ByPayer && one.Rank == other.Rank
        && (one.Rank == Cash || (one.Distance == other.Distance
            && (one.CustomerId != other.CustomerId || one.PayerAccount != other.PayerAccount
                || (one.Rank > ByPayer && (one.CustomerId is null || one.PayerAccount is null)))));

    /// <summary>A credit and what was entered of the same money.</summary>
    internal sealed record Pair(
        Guid Credit, Guid Entered, int Rank, int Distance, Guid? CustomerId, string? PayerAccount);
}
