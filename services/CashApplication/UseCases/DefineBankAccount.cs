using System.Text.Json.Serialization;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A bank account of a legal entity: an IBAN, or the bank's own number with the bank's code.</summary>
/// <param name="DetailByFile">What its statements show in lumps whose payments come in files of their own.</param>
/// <param name="ClosedOn">Its last day, where it is closed: a month end waits for no statement after it.</param>
/// <param name="FeeAccount">Ledger account of what processors keep of settlements to it; without one no such fee is
/// booked.</param>
/// <param name="ChargesAccount">Ledger account of what banks charge: fees on its statements, and, where the policy
/// bears it (<c>bankCharges</c>), what they kept of payments to it; without one neither is booked.</param>
public sealed record DefineBankAccountRequest(
    string LegalEntity, string Currency, string LedgerAccount, string? Iban = null, string? AccountNumber = null,
    string? BankCode = null, DetailByFile? DetailByFile = null, DateOnly? ClosedOn = null,
    string? FeeAccount = null, string? ChargesAccount = null);

/// <summary>A bank account and where its statements stand.</summary>
/// <param name="ClosedOn">Its last day, where it is closed.</param>
/// <param name="FeeAccount">Ledger account of what processors keep, or null.</param>
/// <param name="ChargesAccount">Ledger account of what banks charge, or null.</param>
public sealed record BankAccountView(
    string Code, string LegalEntity, string Currency, string? Iban, string? AccountNumber, string? BankCode,
    string LedgerAccount, DetailByFile DetailByFile, string? LastStatement, Money? LastClosing, DateOnly? LastDay,
    long Version, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? ClosedOn = null,
    string? FeeAccount = null, string? ChargesAccount = null);

/// <summary><c>PUT /v1/bank-accounts/{code}</c>.</summary>
public static class DefineBankAccount
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/v1/bank-accounts/{code}", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<BankAccountView>()
        .Produces<BankAccountView>(StatusCodes.Status201Created)
        .WithTags("Bank accounts")
        .WithSummary("Registers or changes a bank account");

    private static async Task<IResult> Handle(string code, DefineBankAccountRequest request, HttpCommand command)
    {
        if (new Validation()
            .Required("/legalEntity", request.LegalEntity, max: 20)
            .Required("/ledgerAccount", request.LedgerAccount, max: 40)
            .Optional("/accountNumber", request.AccountNumber, max: 40)
            .Optional("/bankCode", request.BankCode, max: 35)
            .Optional("/feeAccount", request.FeeAccount, max: 40)
            .Optional("/chargesAccount", request.ChargesAccount, max: 40)
            .Problem is { } problem)
        {
            return problem;
        }

        if (command.Caller.Deny(request.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        if (await command.Store.Database.LegalEntityAsync(request.LegalEntity, command.Cancellation) is null)
            return await command.RefuseAsync(BankAccountRefusals.UnknownLegalEntity(request.LegalEntity));
        var wanted = new BankAccountDefined(
            code, request.LegalEntity, request.Currency, Compact(request.Iban), Compact(request.AccountNumber),
            Compact(request.BankCode), request.LedgerAccount.Trim(),
            request.DetailByFile == DetailByFile.None ? null : request.DetailByFile, request.ClosedOn,
            Trimmed(request.FeeAccount), Trimmed(request.ChargesAccount));
        return await command.DecideAsync(
            BankAccountStream.Type, BankAccountStream.IdOf(code),
            account => account.Definition is { } present && command.Caller.Deny(present.LegalEntity) is { } no
                ? no
                : BankAccountDecider.Define(account, wanted),
            decided => decided is { Version: 1, Events.Count: 1 }
                ? Reply.Created($"/v1/bank-accounts/{code}", ViewOf(decided.State, decided.Version), decided.Version)
                : Reply.Ok(ViewOf(decided.State, decided.Version), decided.Version),
            onDuplicate: _ => BankAccountRefusals.IdentificationTaken);
    }

    internal static BankAccountView ViewOf(BankAccount account, long version)
    {
        var definition = account.Definition!;
        return new BankAccountView(definition.Code, definition.LegalEntity, definition.Currency, definition.Iban,
            definition.AccountNumber, definition.BankCode, definition.LedgerAccount, account.DetailByFile,
            account.Last?.StatementId, account.Last?.Closing, account.Last?.LastDay, version,
            definition.ClosedOn, definition.FeeAccount, definition.ChargesAccount);
    }

    private static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static string? Compact(string? text) => string.IsNullOrWhiteSpace(text) ? null : Iban.Normalize(text);
}
