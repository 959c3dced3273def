using System.CommandLine;
using OrderToCash.Local.Processes;

namespace OrderToCash.Local.Commands;

/// <summary><c>demo</c>: plays a day of order to cash through the gateway and prints what happened.</summary>
internal static class DemoCommand
{
    public static Task PlayWhenEmptyAsync(OrderToCashSystem system, CancellationToken cancellation) => Task.CompletedTask;
}
