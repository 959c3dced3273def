using System.Text.Json.Serialization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.BankAccounts;

/// <summary>A bank account was registered or changed; the whole of it as it is now.</summary>
/// <param name="Code">What we call it, e.g. <c>US01-CHASE</c>.</param>
/// <param name="LegalEntity">Whose account.</param>
/// <param name="Currency">The currency it is kept in.</param>
/// <param name="Iban">IBAN without blanks, or null where the account has none.</param>
/// <param name="AccountNumber">The bank's own number, or null where there is an IBAN.</param>
/// <param name="BankCode">BIC or clearing code of the bank, or null.</param>
/// <param name="LedgerAccount">Where its money is booked.</param>
/// <param name="DetailByFile">What its statements show in lumps; null where they tell everything.</param>
/// <param name="ClosedOn">Its last day, where it is closed; else null.</param>
/// <param name="FeeAccount">Ledger account of what processors keep of settlements to it; null where none do.</param>
/// <param name="ChargesAccount">Ledger account of what banks charge: fees on its statements, and what they kept of
/// payments to it; null where neither is booked.</param>
public sealed record BankAccountDefined(
    string Code, string LegalEntity, string Currency, string? Iban, string? AccountNumber, string? BankCode,
    string LedgerAccount, DetailByFile? DetailByFile = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? ClosedOn = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? FeeAccount = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ChargesAccount = null);

/// <summary>A statement of the account was booked.</summary>
/// <param name="BankAccount">Code of the account.</param>
/// <param name="ImportId">The file it came in.</param>
/// <param name="StatementId">The bank's identification.</param>
/// <param name="SequenceNumber">The bank's running number, or null.</param>
/// <param name="ContentHash">What it says, as a hash.</param>
/// <param name="Closing">The balance at the end of what it adds, where it gives one.</param>
/// <param name="LastDay">The last day it speaks of, where it tells.</param>
/// <param name="Opening">The balance at the beginning of what it adds, where it gives one: behind the lines that were
/// booked before.</param>
/// <param name="FirstDay">The first day it speaks of, where it tells.</param>
/// <param name="IsIdUnique">True where identification and number name this statement and no other.</param>
/// <param name="IsLatest">True where no booked statement is of a later day.</param>
public sealed record StatementBooked(
    string BankAccount, Guid ImportId, string StatementId, string? SequenceNumber, string ContentHash, Money? Closing,
    DateOnly? LastDay, Money? Opening = null, DateOnly? FirstDay = null, bool IsIdUnique = true, bool IsLatest = true);
