// Owns what curators typed and have not saved: kept in this browser alone, for each account and page.
// On every page of the admin: forgets what was saved, what is old, and all of an account that has signed out.

const DAYS = 7;

const opened = new Promise((resolve, reject) => {
  const request = indexedDB.open("drafts", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("drafts", { keyPath: "id" });
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

// Strict: on the disk before it counts as kept, also when the computer goes down.
async function inStore(mode, work) {
  const transaction = (await opened).transaction("drafts", mode, { durability: "strict" });
  const request = work(transaction.objectStore("drafts"));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

const everything = () => inStore("readonly", (store) => store.getAll());
const removeWhere = async (isMeant) => {
  for (const { id } of (await everything()).filter(isMeant)) await remove(id);
};

// A draft: its `id`, the `account` and `page` that it belongs to, `at` what time, and what else its page needs.
export const keep = (draft) => inStore("readwrite", (store) => store.put(draft));
export const remove = (id) => inStore("readwrite", (store) => store.delete(id));

// The drafts of an account on a page, the newest first.
export async function draftsOf(account, page) {
  await cleaned;
  const found = (await everything()).filter((draft) => draft.account === account && draft.page === page);
  return found.sort((one, other) => other.at - one.at);
}

const cleaned = clean().catch(() => {}); // a browser that keeps nothing has nothing to forget

async function clean() {
  const saved = [...document.querySelectorAll(".messagelist [class*=saved-]")].flatMap((message) => [...message.classList]);
  const signedOut = document.getElementById("signed-out")?.dataset.account;
  const oldest = Date.now() - DAYS * 24 * 60 * 60 * 1000;
  await removeWhere(({ id, at, account }) => saved.includes(`saved-${id}`) || at < oldest || account === signedOut);
}
