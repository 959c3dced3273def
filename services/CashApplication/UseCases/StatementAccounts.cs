using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.EventSourcing;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// Finds the registered account of each statement of one file, and follows what the file's statements add to it. Made
/// anew for every try, so that it decides on the present.
/// </summary>
/// <param name="store">The service's store.</param>
/// <param name="named">Code of the account that the import names for the whole file, or null.</param>
/// <param name="caller">Who may import for some legal entities only; null where the file was let in before.</param>
/// <param name="finish">Books what is left of earlier imports of an account.</param>
internal sealed class StatementAccounts(
    EventStore store, string? named, Caller? caller, Func<string, CancellationToken, Task> finish)
{
    private readonly Dictionary<string, Loaded<BankAccount>> _accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<object>> _events = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string?), BankAccountRow> _found = [];

    /// <summary>The account of a statement; refuses one that nobody registered or that is not the caller's.</summary>
    public async Task<BankAccountRow> OfAsync(BankStatement statement, CancellationToken cancellation)
    {
        var key = (statement.AccountIdentification, statement.AccountCurrency?.Code);
        if (_found.TryGetValue(key, out var known))
            return known;
        var account = named is null
            ? await FindAsync(statement, cancellation)
            : await NamedAsync(statement, cancellation);
        if (caller?.Deny(account.LegalEntity) is { } denied)
            throw new ProblemException(Problems.From(denied));
        await finish(account.Code, cancellation);
        _accounts[account.Code] = await store.LoadAsync(
            BankAccountStream.Type, BankAccountStream.IdOf(account.Code), cancellation);
        return _found[key] = account;
    }

    /// <summary>The account with what the file has added so far.</summary>
    public BankAccount Present(string code) => _accounts[code].State;

    /// <summary>The file adds a statement.</summary>
    public void Add(StatementBooked booked)
    {
        var (account, version) = _accounts[booked.BankAccount];
        _accounts[booked.BankAccount] = new Loaded<BankAccount>(BankAccount.Evolve(account, booked), version);
        if (!_events.TryGetValue(booked.BankAccount, out var events))
            _events[booked.BankAccount] = events = [];
        events.Add(booked);
    }

    /// <summary>Puts what was added into a write.</summary>
    public void Fill(WriteBatch batch)
    {
        foreach (var (code, events) in _events)
            batch.Append(BankAccountStream.Type, BankAccountStream.IdOf(code), _accounts[code].Version, events);
    }

    private async Task<BankAccountRow> NamedAsync(BankStatement statement, CancellationToken cancellation) =>
        await store.Database.BankAccountAsync(named!, cancellation) ?? throw Refuse(
            statement, StatementImportRefusals.UnknownBankAccount, $"Nobody has registered a bank account {named}.");

    private async Task<BankAccountRow> FindAsync(BankStatement statement, CancellationToken cancellation)
    {
        var identifications = Identifications(statement);
        var registered = await store.Database.BankAccountsIdentifiedAsync(identifications, cancellation);

        // The number as the file writes it is told from what is made of it.
        var same = identifications
            .Select(one => registered.Where(account => (account.Iban ?? account.AccountNumber) == one).ToArray())
            .FirstOrDefault(accounts => accounts.Length > 0) ?? [];
        if (same.Length == 0)
        {
            throw Refuse(statement, StatementImportRefusals.UnknownBankAccount,
                $"Nobody has registered the bank account {statement.AccountIdentification}.");
        }

        var currency = statement.AccountCurrency?.Code;
        var inCurrency = same.Where(account => currency is null || account.Currency == currency).ToArray();
        if (inCurrency.Length == 0)
        {
            throw Refuse(statement, StatementRefusals.CurrencyDiffers,
                $"The account {statement.AccountIdentification} is kept in {same[0].Currency}, " +
                $"the statement is in {currency}.");
        }

        if (inCurrency.Length == 1)
            return inCurrency[0];
        var atBank = inCurrency.Where(account => account.BankCode is null || account.BankCode == statement.BankBic)
            .ToArray();
        return atBank.Length == 1 ? atBank[0] : throw Refuse(statement, StatementImportRefusals.AmbiguousBankAccount,
            $"Several registered accounts are called {statement.AccountIdentification}; the file does not tell which.");
    }

    /// <summary>
    /// What the account may be registered as: as the file writes it, without the bank's code before a slash, without a
    /// currency behind it, without zeros before it.
    /// </summary>
    private static string[] Identifications(BankStatement statement)
    {
        var whole = Iban.Normalize(statement.AccountIdentification);
        var number = whole[(whole.IndexOf('/', StringComparison.Ordinal) + 1)..];
        var bare = statement.AccountCurrency is { } currency && number.EndsWith(currency.Code, StringComparison.Ordinal)
            ? number[..^currency.Code.Length]
            : number;
        return [.. new[] { whole, number, bare, bare.TrimStart('0') }.Where(one => one.Length > 0).Distinct()];
    }

    private static StatementRefused Refuse(BankStatement statement, string code, string detail) =>
        new(new StatementRefusal(code, statement.Line, $"statement {statement.StatementId}", detail));
}
