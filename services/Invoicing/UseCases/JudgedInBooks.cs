using OrderToCash.Approvals;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Bands of approvals are amounts of the books' currency. What is decided about a document in another one is judged by
/// what it is in the books: by the booked rate of the document, so that it is the same whoever asks and whenever.
/// </summary>
internal static class JudgedInBooks
{
    /// <summary>
    /// The wish as it is judged by this rate; without one, or where it is too large for the books, as it is: then it
    /// needs the highest band.
    /// </summary>
    public static ApprovalWish<TRequest> InBooks<TRequest>(
        this ApprovalWish<TRequest> wish, ExchangeRate? rate, Books books)
        where TRequest : notnull =>
        wish with { InBooks = Of(wish.Whole, rate, books) };

    /// <summary>
    /// By what a document for no invoice is judged: whoever asks chooses its day, so by that day's rate or today's,
    /// whichever makes more of it; null where one of them is not known.
    /// </summary>
    public static async Task<ExchangeRate?> HigherAsync(
        HttpCommand command, ExchangeRate? booked, Money amount, Books books)
    {
        if (booked is null)
            return null;
        var today = await RateTable.FindAsync(
            command.Store.Database, books.LegalEntity, amount.Currency.Code,
            command.Clock.GetUtcNow().DateIn(books.TimeZone), command.Cancellation);
        return today?.Rate < booked.Rate ? booked : today;
    }

    /// <summary>What an amount is in the books; null without a rate, as of their own currency.</summary>
    public static Money? Of(Money amount, ExchangeRate? rate, Books books) =>
        rate?.Fits(amount) == true ? rate.Of(amount, Currency.Of(books.BaseCurrency)) : null;
}
