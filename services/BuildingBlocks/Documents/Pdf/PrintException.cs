using Microsoft.AspNetCore.Http;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Documents;

/// <summary>A page was not printed; in a request it becomes the answer.</summary>
public abstract class PrintException(Problem problem, Exception? cause) : ProblemException(problem, cause);

/// <summary>Nothing can be printed now (503 <c>printer-unavailable</c>); later the same page may be.</summary>
public sealed class PrinterUnavailableException(string detail, Exception? cause = null) : PrintException(
    new Problem("printer-unavailable", "Nothing can be printed now", StatusCodes.Status503ServiceUnavailable, detail)
    {
        RetryAfter = TimeSpan.FromSeconds(10),
    },
    cause);

/// <summary>
/// The page, or what was printed of it, is larger than the printer takes (422 <c>document-too-large</c>); later it is
/// no smaller.
/// </summary>
public sealed class DocumentTooLargeException(string detail) : PrintException(
    new Problem("document-too-large", "A rule refuses it", StatusCodes.Status422UnprocessableEntity, detail), null);
