using OrderToCash.Approvals;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

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

    /// <summary>What an amount is in the books; null without a rate, as of their own currency.</summary>
    public static Money? Of(Money amount, ExchangeRate? rate, Books books) =>
        rate?.Fits(amount) == true ? rate.Of(amount, Currency.Of(books.BaseCurrency)) : null;
}
