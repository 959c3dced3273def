using OrderToCash.CashApplication.Replicas;
using OrderToCash.CashApplication.Statements;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Why a line is no fee, or is one all the same.</summary>
public sealed record BankFeeRequest(string Reason);

/// <summary>A line whose fee is taken back, or booked again.</summary>
/// <param name="Statement">Position of the statement in the file, from 1.</param>
/// <param name="Entry">The line.</param>
/// <param name="Amount">As it moved the balance: below zero where it was charged.</param>
public sealed record BankFeeView(Guid ImportId, int Statement, int Entry, string BankAccount, Money Amount);

/// <summary>
/// <c>POST /v1/bank-statements/{id}/fees/{statement}/{entry}/reverse</c>: what a bank's code calls a fee is none, and
/// the entry that was made of it is taken back. The line stays what the bank says; its day tells it as not in the
/// books. <c>…/book</c>: it is one all the same, and is booked again.
/// </summary>
public static class CorrectBankFee
{
    private delegate Decision Decide(
        StatementImport import, Guid importId, int statement, int entry, string reason, DateOnly postingDate);

    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "reverse", "Takes the entry of a bank's fee back", BankFees.Reverse);
        Map(routes, "book", "Books a bank's fee again that was taken back", BankFees.BookAgain);
    }

    private static void Map(IEndpointRouteBuilder routes, string action, string summary, Decide decide) => routes
        .MapPost(
            $"/v1/bank-statements/{{id:guid}}/fees/{{statement:int}}/{{entry:int}}/{action}",
            (Guid id, int statement, int entry, BankFeeRequest request, HttpContext http, HttpCommand command) =>
                Handle(id, (statement, entry), request, decide, http, command))
        .RequireScope(Scopes.CashWrite)
        .Produces<BankFeeView>()
        .WithTags("Bank statements")
        .WithSummary(summary);

    private static async Task<IResult> Handle(
        Guid id, (int Statement, int Entry) line, BankFeeRequest request, Decide decide, HttpContext http,
        HttpCommand command)
    {
        if (!await StatementQueries.MaySeeAsync(id, command.Store, http))
            return await command.RefuseAsync(StatementImportRefusals.NotFound(id));
        var (import, _) = await command.Store.LoadAsync(StatementImport.Type, id, command.Cancellation);
        var fee = import.Fees.GetValueOrDefault(line) ?? import.FeesTakenBack.GetValueOrDefault(line).Fee;
        if (fee is null)
            return await command.RefuseAsync(BankFees.NoFee);
        if (command.Caller.Deny(fee.Journal.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        var entity = (await command.Store.Database.LegalEntityAsync(fee.Journal.LegalEntity, command.Cancellation))!;
        var today = command.Clock.Today(entity.TimeZone);
        return await command.DecideAsync(
            StatementImport.Type, id,
            now => decide(now, id, line.Statement, line.Entry, request.Reason, today),
            _ => Reply.Ok(new BankFeeView(id, line.Statement, line.Entry, fee.BankAccount, fee.Amount)),
            request.Reason);
    }
}
