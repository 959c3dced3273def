using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Invoicing.Statements.Sending;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Makes one customer's statement by itself, keeps it and sends it.</summary>
public static class MakeStatement
{
    /// <summary>Which statement.</summary>
    /// <param name="From">First day.</param>
    /// <param name="To">Last day, not after today.</param>
    /// <param name="OutstandingOnly">Leave the entries out; without it as the customer prefers.</param>
    /// <param name="Pdf">It goes as a PDF file; else the mail itself is the statement.</param>
    /// <param name="Group">Of the customer and of all below it; without it as the customer prefers.</param>
    public sealed record Request(
        DateOnly From, DateOnly To, bool? OutstandingOnly = null, bool Pdf = true, bool? Group = null);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/customers/{id:guid}/statements", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<StatementView>(StatusCodes.Status201Created)
        .WithSummary("Make, keep and send a customer's statement");

    private static async Task<IResult> HandleAsync(
        Guid id, Request request, HttpCommand command, StatementAccess statements, StatementReader reader,
        StatementMaker maker)
    {
        var statementId = Ids.Next(command.Clock);
        return await command.CommitAsync(async cancellation =>
        {
            var query = new StatementQuery(request.From, request.To, null, request.OutstandingOnly, request.Group);
            var (content, customer, refusal) = await statements.ReadAsync(id, query, command.Caller, cancellation);
            if (content is null)
                return refusal!;
            await command.ExpectAsync(CustomerStream.Type, id);
            var (letterhead, country) = await reader.LetterheadAsync(
                content.LegalEntity, content.KnownAt, cancellation);
            var closed = await ClosedAddresses.ReadAsync(
                command.Store.Database, [content.CustomerId], cancellation);
            var batch = new WriteBatch(command.Metadata());
            var made = maker.Add(
                batch, statementId, content, customer!, new StatementPaper(letterhead, country, request.Pdf, null),
                closed);
            var view = StatementView.Of(statementId, Statement.Evolve(Statement.Initial, made), 1);
            return Plan.Write(batch, Reply.Created($"/v1/statements/{statementId}", view, 1));
        });
    }
}
