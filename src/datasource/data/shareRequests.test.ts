import { Observable, of, throwError } from 'rxjs';
import { createShare } from './shareRequests.ts';

test('what is asked at the same time is asked once', () => {
  const share = createShare<number>();
  let count = 0;
  const ask = () => new Observable<number>((subscriber) => subscriber.next(++count));
  const seen: number[] = [];
  const first = share('a', ask).subscribe((value) => seen.push(value));
  const second = share('a', ask).subscribe((value) => seen.push(value));
  share('b', ask).subscribe((value) => seen.push(value)).unsubscribe();
  expect(seen).toEqual([1, 1, 2]);
  first.unsubscribe();
  second.unsubscribe();
});

test('the last to leave cancels the request, and the next asks anew', () => {
  const share = createShare<number>();
  let cancelled = 0;
  const ask = () => new Observable<number>(() => () => cancelled++);
  const [first, second] = [share('a', ask).subscribe(), share('a', ask).subscribe()];
  first.unsubscribe();
  expect(cancelled).toBe(0);
  second.unsubscribe();
  expect(cancelled).toBe(1);
  let asked = 0;
  share('a', () => {
    asked++;
    return of(1);
  }).subscribe();
  expect(asked).toBe(1);
});

test('an error is not kept', () => {
  const share = createShare<number>();
  const errors: unknown[] = [];
  share('a', () => throwError(() => 'refused')).subscribe({ error: (error) => errors.push(error) });
  let value = 0;
  share('a', () => of(7)).subscribe((each) => (value = each));
  expect([errors, value]).toEqual([['refused'], 7]);
});
