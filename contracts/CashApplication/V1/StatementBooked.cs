namespace OrderToCash.Contracts.CashApplication.V1;

/// <summary>
/// A statement of a bank account is in: its lines are booked, or will be within moments. Notices without a balance are
/// not told.
/// </summary>
/// <param name="BankAccount">Code of the account.</param>
/// <param name="ImportId">The file it came in.</param>
/// <param name="StatementId">The bank's identification.</param>
/// <param name="FirstDay">The first day it speaks of, where it tells.</param>
/// <param name="LastDay">The last day it speaks of.</param>
/// <param name="Opening">The balance at the beginning of what it adds, where it gives one.</param>
/// <param name="Closing">The balance at the end.</param>
public sealed record StatementBooked(
    string BankAccount, Guid ImportId, string StatementId, DateOnly? FirstDay, DateOnly LastDay, MoneyAmount? Opening,
    MoneyAmount Closing);
